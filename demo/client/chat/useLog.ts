/**
 * Owns what is known of a room's messages: the latest page, what comes after it, older ones when asked for, and how many came
 * by catching up after a reconnect. Must never count as recovered what came while the line was well.
 */

import { useRef, useState } from 'react'
import { useWebSocketEvent } from '../../../hooks/index.ts'
import { useSession, useStream } from '../../../hooks/session.ts'
import type { Position } from '../../../src/session/index.ts'
import { bounds, type Heard, type Load, type Loaded, type Message, topicOf } from '../../protocol.ts'
import { withMessage, withOlder } from './log.ts'
import type { Span } from './rows.ts'

export interface Log {
  /** By number, each once. */
  log: readonly Message[]
  /** Whether the room's messages have come at all. */
  loaded: boolean
  /** Whether the server keeps older ones. */
  more: boolean
  /** Whether older ones are on their way. */
  loading: boolean
  recovered: Span | null
  /** Why the server does not let this tab follow the room. */
  refusal: string | null
}

const nothing: Log = { log: [], loaded: false, more: false, loading: false, recovered: null, refusal: null }

/** Where the log stands, and where it stood when the line was lost. */
interface Place {
  now: Position | null
  lost: Position | null
  isLive: boolean
}

export function useLog(room: string) {
  const session = useSession<Load>()
  const [view, setView] = useState({ ...nothing, room })
  if (view.room !== room) setView({ ...nothing, room })
  const place = useRef<Place>({ now: null, lost: null, isLive: false })
  const asking = useRef(false)
  // What still comes from a room that was left changes nothing.
  const show = (change: (view: Log) => Partial<Log>) =>
    setView((view) => (view.room === room ? { ...view, ...change(view) } : view))
  const ask = (what: Omit<Load, 'type' | 'room'>) =>
    session.request<Loaded>({ type: 'load', room, ...what }, { whenLost: 'resend' })

  /** How many had not come: the server says where the room stands now. */
  const recover = async (lost: Position) => {
    const { position } = await ask({ most: 0 })
    if (position.epoch !== lost.epoch || position.offset <= lost.offset) return
    show(() => ({ recovered: { after: lost.offset, upTo: position.offset } }))
  }

  const { status } = useStream<Heard>(topicOf(room), {
    async load() {
      place.current = { now: null, lost: null, isLive: false }
      const { position, messages, more } = await ask({ most: bounds.page })
      place.current.now = position
      show(() => ({ log: messages, more, loaded: true, recovered: null }))
      return position
    },
    onEvent(heard, position) {
      place.current.now = position
      show(({ log }) => ({ log: withMessage(log, { ...heard, n: position.offset }) }))
    },
    onStatus(status) {
      const { isLive, now } = place.current
      place.current.isLive = status === 'live'
      if (status === 'catching-up' && isLive) place.current.lost = now
    },
    onRefused: (refusal) => show(() => ({ refusal })),
  })

  // In one breath with the question for what was missed: what is written later comes by itself, and is not counted.
  useWebSocketEvent('open', () => {
    const { lost } = place.current
    place.current.lost = null
    if (lost) recover(lost).catch(() => {})
  })

  return {
    ...view,
    status,
    /** Asks for the page before the first message that is shown. */
    async older() {
      const before = view.log[0]?.n
      if (!before || !view.more || asking.current) return
      asking.current = true
      show(() => ({ loading: true }))
      try {
        const { position, messages, more } = await ask({ before, most: bounds.page })
        // A room that counts anew has been loaded anew.
        if (position.epoch === place.current.now?.epoch) show(({ log }) => ({ log: withOlder(log, messages), more }))
      } finally {
        asking.current = false
        show(() => ({ loading: false }))
      }
    },
  }
}
