/**
 * Owns `window.__websocketReconnect__`: the panel's knowledge for scripts, agents and the console. JSON goes in, JSON comes
 * out. Must never hand out a client, a socket, or an address with its query.
 */

import type { EntryLook, OutboxInside, RequestLook, StreamLook } from '../src/runtime/insides.ts'
import type { Fault, FaultName } from './breaks/fault.ts'
import { type Desk, monotonicOf, type Observed, shownUrl } from './desk.ts'
import type { RecordedFrame, Redact } from './record/entry.ts'
import type { ExportFormat } from './record/recorder.ts'
import type { ObservedClient } from './registry.ts'

/** A client in a few words. Times are epoch ms. */
export interface ClientSummary {
  readonly client: number
  readonly url: string
  readonly state: string
  readonly status: string
  readonly circuit: string
  readonly retryCount: number
  readonly retryAt: number | null
  readonly why: { readonly code: string; readonly message: string } | null
  readonly queued: number
  readonly received: number
  readonly sent: number
  readonly broken: readonly Fault[]
  /** Of its session, where there is one. */
  readonly outbox?: OutboxSummary
  readonly streams?: readonly StreamLook[]
  /** What is under way, once anything has been asked. */
  readonly requests?: readonly RequestSummary[]
}

/** An outbox in figures, and what became of each message in it. */
export type OutboxSummary = ReturnType<OutboxInside['figures']> & {
  readonly entries: readonly Omit<EntryLook, 'data'>[]
}

export interface RequestSummary extends Pick<RequestLook, 'id' | 'whenLost' | 'isSent'> {
  /** Ms. */
  readonly age: number
  /** Ms; null: it waits for ever. */
  readonly left: number | null
}

/** One message. */
export interface FrameSummary {
  readonly client: number
  /** Its number among all entries of the recording. */
  readonly n: number
  /** Epoch ms. */
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly data: string
  readonly size: number
  readonly binary?: true
  readonly heartbeat?: true
}

export interface FrameQuery {
  /** @default all */
  client?: number
  /** The newest so many. @default 50 */
  limit?: number
  /** @default both */
  direction?: 'in' | 'out'
  contains?: string
}

export interface DevtoolsConsole {
  clients(): ClientSummary[]
  frames(query?: FrameQuery): FrameSummary[]
  /** Breaks something, for one client or for all; answers with what is broken. */
  break(fault: Fault, client?: number): ClientSummary[]
  /** Mends one thing, or everything. */
  heal(fault?: FaultName): ClientSummary[]
  export(format: ExportFormat, client?: number): Promise<string>
}

export function createConsole(desk: Desk): DevtoolsConsole {
  const wanted = (id?: number): Observed[] => {
    const all = desk.all()
    if (id === undefined) return all
    const found = all.filter((each) => each.id === id)
    if (!found.length) throw new RangeError(`devtools: there is no client ${id}; clients() lists them.`)
    return found
  }
  const clients = () => desk.all().map((each) => summary(each, (text) => desk.redact(text)))
  return {
    clients,
    frames: ({ client, limit = 50, direction, contains = '' } = {}) =>
      wanted(client)
        .flatMap((each) => framesOf(each))
        .filter((frame) => (!direction || frame.direction === direction) && frame.data.includes(contains))
        .sort((a, b) => a.at - b.at)
        .slice(-limit || Infinity),
    break(fault, client) {
      for (const { breaker } of wanted(client)) breaker?.break(fault)
      return clients()
    },
    heal(fault) {
      for (const { breaker } of desk.all()) breaker?.heal(fault)
      return clients()
    },
    export: async (format, client) =>
      (await Promise.all(wanted(client).map(({ recorder }) => recorder.export(format)))).join('\n'),
  }
}

function summary({ id, client, breaker, session, requests }: Observed, redact: Redact): ClientSummary {
  const { state, status, circuitState, retryCount, retryAt, error } = client.getSnapshot()
  const stats = client.getStats()
  return {
    ...{ client: id, url: shownUrl(client.url), state, status, circuit: circuitState, retryCount, retryAt },
    why: error && { code: error.code, message: error.message },
    ...{ queued: stats.queuedMessages, received: stats.messagesReceived, sent: stats.messagesSent },
    broken: breaker ? breaker.active : [],
    ...(session?.outbox && { outbox: outboxSummary(session.outbox, redact) }),
    ...(session?.topics && {
      streams: session.streams().map((stream) => ({ ...stream, topic: redact(stream.topic) })),
    }),
    ...(requests && { requests: [...requests.underWay].map((each) => requestSummary(each, client)) }),
  }
}

function outboxSummary(outbox: OutboxInside, redact: Redact): OutboxSummary {
  const figures = outbox.figures()
  const entries = outbox.entries().map(({ data: _, why, ...entry }) => ({ ...entry, ...(why && { why: redact(why) }) }))
  return { ...figures, ...(figures.name && { name: redact(figures.name) }), entries }
}

function requestSummary({ id, whenLost, isSent, askedAt, deadline }: RequestLook, client: ObservedClient) {
  const now = monotonicOf(client)()
  return { id, whenLost, isSent, age: now - askedAt, left: deadline < Infinity ? deadline - now : null }
}

function framesOf({ id, recorder }: Observed): FrameSummary[] {
  const { dropped, wallOffset } = recorder
  return recorder.entries().flatMap((entry, index) => {
    if (entry.type !== 'received' && entry.type !== 'sent') return []
    const { type, at, ...frame } = entry as RecordedFrame
    const direction = type === 'sent' ? ('out' as const) : ('in' as const)
    return [{ client: id, n: dropped + index, at: at + wallOffset, direction, ...frame }]
  })
}

const NAME = '__websocketReconnect__'

/** Puts it where scripts look; returns how to take it away. */
export function exposeConsole(desk: Desk): () => void {
  const place = globalThis as unknown as Record<string, unknown>
  const own = createConsole(desk)
  place[NAME] = own
  return () => {
    if (place[NAME] === own) delete place[NAME]
  }
}
