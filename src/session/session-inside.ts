/**
 * Owns telling developer tools, while one develops, what a session holds: its outbox and who drains it, the topics it follows.
 * Must never reach a production bundle, nor change what it looks at.
 */

import { insideOf, type OutboxInside, type OutboxLook, type StreamLook } from '../runtime/insides.ts'
import type { Position } from './frames.ts'
import type { OutboxCore } from './outbox.ts'

type CourierLook = Pick<OutboxLook, 'window' | 'isLeading' | 'pause'>
type Limits = Pick<OutboxLook, 'maxMessages' | 'maxBytes'>

interface Following {
  readonly readers: Set<{ readonly at: Position | undefined; readonly isLoading: boolean; readonly status?: string }>
  readonly at: Position | undefined
  readonly asked: number
}
type Topics = ReadonlyMap<string, Following>

/**
 * Each part of a session shows what nobody else can see of it, by something that the session knows as well: its outbox, and the
 * function by which users' handlers are called. So nothing of production has to be named for this.
 */
const couriers = /* @__PURE__ */ new WeakMap<object, () => CourierLook>()
const limitsOf = /* @__PURE__ */ new WeakMap<object, Limits>()
const topicsOf = /* @__PURE__ */ new WeakMap<object, Topics>()

export const showCourier = (outbox: object, look: () => CourierLook): unknown => couriers.set(outbox, look)
export const showLimits = (outbox: object, limits: Limits): unknown => limitsOf.set(outbox, limits)
export const showTopics = (call: object, topics: Topics): unknown => topicsOf.set(call, topics)

/** Of the session over this client. Without a name there is no outbox to send from. */
export function announceSession(
  client: { readonly state: string },
  name: string | undefined,
  outbox: OutboxCore<unknown>,
  call: object,
): void {
  const inside = insideOf(client)
  const topics = topicsOf.get(call)
  if (!inside || !topics) return
  inside.session = {
    outbox: name ? outboxInside(name, outbox) : undefined,
    get topics() {
      return topics.size
    },
    streams: () => [...topics].map(([topic, following]) => lookAt(topic, following, client.state === 'OPEN')),
  }
}

function outboxInside(name: string, outbox: OutboxCore<unknown>): OutboxInside {
  return {
    figures() {
      const { state, isDurable, size, bytes } = outbox
      const { acked, sent, next } = state
      const limits = limitsOf.get(outbox) as Limits
      const { window, isLeading, pause } = (couriers.get(outbox) as () => CourierLook)()
      const numbers = { acked, sent, next, window, isLeading, pause: Math.max(0, pause) }
      return { name, isDurable, size, bytes, ...limits, ...numbers }
    },
    entries: () => outbox.entries().map((entry) => ({ ...entry, size: outbox.get(entry.n)?.size })),
    retry: outbox.retry,
    discard: outbox.discard,
  }
}

/** The first is the one that an application waits for most. */
const ORDER = ['loading', 'reset', undefined, 'catching-up', 'live']

function lookAt(topic: string, { readers, at, asked }: Following, isOpen: boolean): StreamLook {
  const all = [...readers].map((reader) => ({ at: reader.at, status: reader.isLoading ? 'loading' : reader.status }))
  const [last] = all.sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
  const isRefused = isOpen && !asked && !at && !!last && last.status !== 'loading'
  const status = isRefused ? 'refused' : ((last?.status || 'waiting') as StreamLook['status'])
  return { topic, status, position: last?.at || at, readers: readers.size }
}
