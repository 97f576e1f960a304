/**
 * Owns one tab's part in the chat: what it shows, and what it does about it. All that has to arrive goes through the session,
 * which knows best what has. Must never keep a message of its own.
 */

import { useEffect, useState } from 'react'
import { useMessage, useWebSocket } from '../../../hooks/index.ts'
import { useOutbox, useSession, useStream } from '../../../hooks/session.ts'
import {
  bounds,
  type Heard,
  type Here,
  isPeople,
  type Load,
  type Loaded,
  type Message,
  type People,
  type Person,
  type Say,
  topicOf,
} from '../../protocol.ts'
import { type Going, goingTo, markOf, withMessage } from './log.ts'
import { keepDraft, keepPerson, newId, pageStores, readDrafts, readPerson } from './tab-storage.ts'

export interface Chat {
  room: string
  nick: string
  /** By number, each once. */
  log: readonly Message[]
  /** On their way to this room, whichever tab of this browser wrote them. */
  going: readonly Going[]
  /** How many wait for a connection, in all rooms. */
  waiting: number
  /** Whether this connection follows this room and has its messages. */
  joined: boolean
  people: readonly Person[]
  /** What the server said against joining, or the browser against keeping; or null. */
  problem: string | null
  /** Whether waiting messages outlive the tab. */
  keeps: boolean
  /** Whether no more fit. */
  full: boolean
  /** How many would be lost with the tab. */
  wouldLose: number
  draft: string
  isOwn: (message: Heard) => boolean
  rename: (nick: string) => void
  write: (text: string) => void
  setDraft: (text: string) => void
  retry: (going: Going) => void
  discard: (going: Going) => void
}

/** What was heard of the room one is in. */
interface View {
  room: string
  log: readonly Message[]
  problem: string | null
}

const emptyView = (room: string): View => ({ room, log: [], problem: null })

export function useChat(room: string): Chat {
  const session = useSession<Say | Load | Here>()
  const { state, connectionId } = useWebSocket()
  const isOpen = state === 'OPEN'
  const [stores] = useState(pageStores)
  const [me, setMe] = useState(() => readPerson(stores, window.location.search === '?guest'))
  const [drafts, setDrafts] = useState(() => readDrafts(stores))
  const [people, setPeople] = useState<People | null>(null)
  const [view, setView] = useState(() => emptyView(room))
  if (view.room !== room) setView(emptyView(room))
  // What still comes from a room that was left changes nothing.
  const show = (change: (view: View) => Partial<View>) =>
    setView((view) => (view.room === room ? { ...view, ...change(view) } : view))

  const { status } = useStream<Heard>(topicOf(room), {
    async load() {
      const { position, messages } = await session.request<Loaded>({ type: 'load', room }, { whenLost: 'resend' })
      show(() => ({ log: messages }))
      return position
    },
    onEvent: (heard, { offset }) => show(({ log }) => ({ log: withMessage(log, { ...heard, n: offset }) })),
    onRefused: (why) => show(() => ({ problem: `This room cannot be joined. The server expected ${why}.` })),
  })
  const joined = isOpen && status === 'live'

  // In passing, and again on every connection: who is where.
  useEffect(() => {
    if (isOpen && connectionId) session.post({ type: 'here', room, nick: me.nick })
  }, [session, isOpen, connectionId, room, me.nick])
  useMessage((data) => {
    if (isPeople(data)) setPeople(data)
  })

  const setDraft = (text: string) => setDrafts((drafts) => keepDraft(stores, drafts, room, text))
  const [isUnkept, setUnkept] = useState(false)
  const problem = isUnkept ? 'This browser cannot keep the message, so it was not sent.' : joined ? null : view.problem

  const { entries, size, isDurable, send, retry, discard } = useOutbox<Say>()
  return {
    ...{ room, joined, problem, log: view.log, nick: me.nick, draft: drafts[room] ?? '' },
    going: goingTo(room, entries, view.log, isOpen),
    waiting: isOpen ? 0 : entries.filter((entry) => markOf(entry, isOpen) === 'waiting').length,
    people: people?.room === room ? people.people : [],
    keeps: isDurable,
    full: size >= bounds.outbox,
    wouldLose: isDurable ? entries.filter(({ status }) => status === 'storing').length : size,
    isOwn: ({ from }) => from === me.id,
    rename(nick) {
      keepPerson(stores, { ...me, nick })
      setMe({ ...me, nick })
    },
    setDraft,
    async write(text) {
      setDraft('')
      try {
        await send({ type: 'say', room, id: newId(), from: me.id, nick: me.nick, text, at: Date.now() }).stored
        setUnkept(false)
      } catch {
        setUnkept(true)
        setDraft(text)
      }
    },
    retry: ({ key }) => void retry(key),
    discard: ({ key }) => void discard(key),
  }
}
