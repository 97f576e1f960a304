/**
 * Owns one tab's part in the chat: what it shows, and what it does about it. All that has to arrive goes through the session,
 * which knows best what has. Must never keep a message of its own.
 */

import { useEffect, useState, useSyncExternalStore } from 'react'
import { useMessage, useWebSocket } from '../../hooks/index.ts'
import type { StreamStatus } from '../../src/session/index.ts'
import {
  bounds,
  type Heard,
  isPeople,
  type Loaded,
  type Message,
  type People,
  type Person,
  topicOf,
} from '../protocol.ts'
import { type Going, goingTo, markOf, withMessage } from './log.ts'
import { keepDraft, keepPerson, newId, pageStores, readDrafts, readPerson } from './tab-storage.ts'
import { useSession } from './useSession.ts'

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
  /** What the server said against joining, or null. */
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

/** What is known of the room one is in. */
interface View {
  room: string
  log: readonly Message[]
  status: StreamStatus
  problem: string | null
}

const emptyView = (room: string): View => ({ room, log: [], status: 'catching-up', problem: null })

export function useChat(room: string): Chat {
  const session = useSession()
  const { state, connectionId } = useWebSocket()
  const isOpen = state === 'OPEN'
  const [stores] = useState(pageStores)
  const [me, setMe] = useState(() => readPerson(stores, window.location.search === '?guest'))
  const [drafts, setDrafts] = useState(() => readDrafts(stores))
  const [view, setView] = useState(() => emptyView(room))
  const [people, setPeople] = useState<People | null>(null)
  const outbox = useSyncExternalStore(session.outbox.subscribe, session.outbox.getSnapshot)
  const { log, status, problem } = view.room === room ? view : emptyView(room)

  useEffect(() => {
    const show = (change: (view: View) => Partial<View>) =>
      setView((view) => {
        const before = view.room === room ? view : emptyView(room)
        return { ...before, ...change(before) }
      })
    return session.follow<Heard>(topicOf(room), {
      async load() {
        const { position, messages } = await session.request<Loaded>({ type: 'load', room }, { whenLost: 'resend' })
        show(() => ({ log: messages }))
        return position
      },
      onEvent: (heard, { offset }) => show(({ log }) => ({ log: withMessage(log, { ...heard, n: offset }) })),
      onStatus: (status) => show(() => ({ status, ...(status === 'live' ? { problem: null } : {}) })),
      onRefused: (why) => show(() => ({ problem: `This room cannot be joined. The server expected ${why}.` })),
    })
  }, [session, room])

  // In passing, and again on every connection: who is where.
  useEffect(() => {
    if (isOpen && connectionId) session.post({ type: 'here', room, nick: me.nick })
  }, [session, isOpen, connectionId, room, me.nick])
  useMessage((data) => {
    if (isPeople(data)) setPeople(data)
  })

  return {
    ...{ room, log, problem, nick: me.nick, draft: drafts[room] ?? '' },
    going: goingTo(room, outbox.entries, log, isOpen),
    waiting: outbox.entries.filter((entry) => markOf(entry, isOpen) === 'waiting').length,
    joined: isOpen && status === 'live',
    people: people?.room === room ? people.people : [],
    keeps: outbox.isDurable,
    full: outbox.size >= bounds.outbox,
    wouldLose: outbox.isDurable ? outbox.entries.filter(({ status }) => status === 'storing').length : outbox.size,
    isOwn: ({ from }) => from === me.id,
    rename(nick) {
      keepPerson(stores, { ...me, nick })
      setMe({ ...me, nick })
    },
    setDraft: (text) => setDrafts(keepDraft(stores, drafts, room, text)),
    write(text) {
      session.send({ type: 'say', room, id: newId(), from: me.id, nick: me.nick, text, at: Date.now() })
      setDrafts(keepDraft(stores, drafts, room, ''))
    },
    retry: ({ key }) => void session.outbox.retry(key),
    discard: ({ key }) => void session.outbox.discard(key),
  }
}
