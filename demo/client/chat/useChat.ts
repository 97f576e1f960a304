/**
 * Owns one tab's part in the chat: what it shows, and what it does about it. All that has to arrive goes through the session,
 * which knows best what has. Must never keep a message of its own.
 */

import { useEffect, useState } from 'react'
import { useMessage, useWebSocket } from '../../../hooks/index.ts'
import { useOutbox, useSession } from '../../../hooks/session.ts'
import { bounds, type Here, isPeople, type Message, type People, type Person, type Say } from '../../protocol.ts'
import { type Going, goingTo, markOf } from './log.ts'
import { keepDraft, keepPerson, newId, pageStores, readDrafts, readPerson, type Stores } from './tab-storage.ts'
import type { Typist } from './typing.ts'
import { type Log, useLog } from './useLog.ts'
import { useTyping } from './useTyping.ts'

export interface Chat extends Log {
  room: string
  nick: string
  stores: Stores
  /** On their way to this room, whichever tab of this browser wrote them. */
  going: readonly Going[]
  /** How many wait for a connection, in all rooms. */
  waiting: number
  /** Whether this connection follows this room and has its messages. */
  joined: boolean
  people: readonly Person[]
  typists: readonly Typist[]
  /** What the browser says against keeping the message that was written, or the server against joining; or null. */
  problem: 'unkept' | { expected: string } | null
  /** Whether waiting messages outlive the tab. */
  keeps: boolean
  /** Whether no more fit. */
  full: boolean
  /** How many would be lost with the tab. */
  wouldLose: number
  draft: string
  isOwn: (message: Pick<Message, 'from'>) => boolean
  rename: (nick: string) => void
  write: (text: string) => void
  setDraft: (text: string) => void
  retry: (going: Going) => void
  discard: (going: Going) => void
  /** Asks for older messages. */
  older: () => Promise<void>
}

export function useChat(room: string): Chat {
  const session = useSession<Say | Here>()
  const { state, connectionId } = useWebSocket()
  const isOpen = state === 'OPEN'
  const [stores] = useState(() => pageStores(window.location.search === '?guest'))
  const [me, setMe] = useState(() => readPerson(stores))
  const [drafts, setDrafts] = useState(() => readDrafts(stores))
  const [people, setPeople] = useState<People | null>(null)
  const { status, refusal, ...log } = useLog(room)
  const joined = isOpen && status === 'live'

  // In passing, and again on every connection: who is where.
  useEffect(() => {
    if (isOpen && connectionId) session.post({ type: 'here', room, nick: me.nick })
  }, [session, isOpen, connectionId, room, me.nick])
  useMessage((data) => {
    if (isPeople(data)) setPeople(data)
  })
  const typing = useTyping({ room, from: me.id, nick: me.nick, joined, last: log.log.at(-1) })

  const setDraft = (text: string) => setDrafts((drafts) => keepDraft(stores, drafts, room, text))
  const [isUnkept, setUnkept] = useState(false)
  const { entries, size, isDurable, send, retry, discard } = useOutbox<Say>()
  return {
    ...log,
    ...{ room, joined, stores, refusal, nick: me.nick, draft: drafts[room] ?? '' },
    problem: isUnkept ? 'unkept' : !joined && refusal !== null ? { expected: refusal } : null,
    going: goingTo(room, entries, log.log, isOpen),
    waiting: isOpen ? 0 : entries.filter((entry) => markOf(entry, isOpen) === 'waiting').length,
    people: people?.room === room ? people.people : [],
    typists: typing.typists,
    keeps: isDurable,
    full: size >= bounds.outbox,
    wouldLose: isDurable ? entries.filter(({ status }) => status === 'storing').length : size,
    isOwn: ({ from }) => from === me.id,
    rename(nick) {
      keepPerson(stores, { ...me, nick })
      setMe({ ...me, nick })
    },
    setDraft(text) {
      if (text.trim() !== '') typing.write()
      setDraft(text)
    },
    async write(text) {
      typing.end()
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
