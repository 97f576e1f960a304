/**
 * Owns what this tab knows of the outbox: each message with its status, whoever wrote it, in step with the store.
 * Must never write to the store, and never call a message done before the store has kept that it is.
 */

import type { Delivery, DeliveryStatus, OutboxEntry, OutboxSnapshot } from './delivery.ts'
import { type Item, promise } from './item.ts'
import { OutboxError, type OutboxErrorCode } from './outbox-error.ts'
import { mergeState, newState } from './outbox-state.ts'
import type { OpenOutbox, OutboxContents } from './outbox-store.ts'

export interface MirrorSettings<T> {
  readonly box: OpenOutbox
  unpack(data: unknown): T
  /** A user's listener, isolated. */
  call(listener: () => void): void
}

export type Mirror<T> = ReturnType<typeof createMirror<T>>

/** `onLost` is given what was written here when somebody has cleared the store. */
export function createMirror<T>(
  { box, unpack, call }: MirrorSettings<T>,
  onLost: (items: Item[], sent: number) => void,
) {
  const items = new Map<number, Item>()
  const listeners = new Set<() => void>()
  let snapshot: OutboxSnapshot<T> | undefined
  let isTelling = false
  let reads = 0
  let reading: Promise<void> | undefined
  let readingNext: Promise<void> | undefined

  const mirror = {
    items,
    /** As the store has it, as far as this tab knows: everything below `next` is in `items` or gone. */
    state: newState(''),
    /** Of what waits to be acknowledged. */
    size: 0,
    bytes: 0,
    changed() {
      snapshot = undefined
      if (isTelling) return
      isTelling = true
      // Once for all that happens in one task.
      Promise.resolve().then(() => {
        isTelling = false
        for (const listener of [...listeners]) if (listeners.has(listener)) call(listener)
      })
    },
    put(item: Item) {
      drop(items.get(item.n))
      items.set(item.n, item)
      weigh(item, 1)
    },
    drop,
    update(item: Item, to: Partial<Item>) {
      weigh(item, -1)
      Object.assign(item, to)
      weigh(item, 1)
      if (item.end) item.acked?.(new OutboxError(item.end.toUpperCase() as OutboxErrorCode, item.why))
    },
    /** It is over, and was not done. */
    fail(item: Item, error: OutboxError) {
      drop(item)
      item.stored?.(error)
      item.acked?.(error)
    },
    succeed(item: Item) {
      drop(item)
      item.isAcked = true
      item.acked?.()
    },
    inOrder,
    /** Reads the store; what was changed before the call is in it. */
    sync(): Promise<void> {
      const again = () => {
        readingNext = undefined
        return mirror.sync()
      }
      if (reading) return readingNext || (readingNext = reading.then(again, again))
      const over = () => {
        reading = undefined
      }
      const read = (reading = box.read().then(take))
      read.then(over, over)
      return read
    },
    deliveryOf(item: Item): Delivery {
      if (item.delivery) return item.delivery
      const [stored, onStored] = promise()
      const [acked, onAcked] = promise()
      Object.assign(item, { stored: onStored, acked: onAcked })
      if (item.n > 0) onStored()
      return (item.delivery = {
        get n() {
          return item.n
        },
        get status() {
          return statusOf(item)
        },
        get isUncertain() {
          return !!item.isUncertain
        },
        ...{ stored, acked },
      })
    },
    subscribe(listener: () => void) {
      // A place of its own: the same function may listen twice.
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    getSnapshot(): OutboxSnapshot<T> {
      const { size, bytes } = mirror
      if (!snapshot) snapshot = { isDurable: box.isDurable, size, bytes, entries: shown() }
      return snapshot
    },
  }

  function weigh(item: Item, sign: number) {
    if (!item.end) {
      mirror.size += sign
      mirror.bytes += sign * item.size
    }
    mirror.changed()
  }
  function drop(item: Item | undefined) {
    if (!item || items.get(item.n) !== item) return
    items.delete(item.n)
    weigh(item, -1)
  }
  function inOrder() {
    return [...items.values()].sort((a, b) => (a.n < 0 || b.n < 0 ? b.n - a.n : a.n - b.n))
  }
  const shown = () =>
    inOrder()
      .filter(({ isGone }) => !isGone)
      .map(entryOf)
  function statusOf({ n, isAcked, end, isUncertain }: Item): DeliveryStatus {
    if (isAcked || end) return end || 'acked'
    return isUncertain ? 'uncertain' : n < 0 ? 'storing' : n > mirror.state.sent ? 'stored' : 'sent'
  }
  function entryOf(item: Item): OutboxEntry<T> {
    const { n, at, isUncertain = false, isHeld = false, why, entry: old } = item
    const status = statusOf(item)
    if (old && old.n === n && old.status === status && old.isHeld === isHeld) return old
    // Undefined where the codec of today cannot read it.
    let data = old?.data
    if (!old) call(() => void (data = unpack(item.data)))
    return (item.entry = { n, at, data, status, isUncertain, isHeld, why })
  }
  function take({ messages, ...found }: OutboxContents) {
    const { client, sent } = mirror.state
    const isOther = client !== found.client
    const lost = isOther && client ? inOrder().filter(({ n, end, delivery }) => n > 0 && !end && delivery) : []
    if (isOther) for (const item of inOrder()) if (item.n > 0) drop(item)
    mirror.state = isOther ? found : mergeState(mirror.state, found)
    const { acked, forgotten } = mirror.state
    reads++
    for (const message of messages) {
      // Done already; whoever changed it last did not know.
      if (message.n <= acked && !message.end) continue
      let item = items.get(message.n)
      if (!item) mirror.put((item = { ...message }))
      else if (
        item.end !== message.end ||
        item.isGone !== message.isGone ||
        item.isUncertain !== message.isUncertain ||
        item.isHeld !== message.isHeld
      )
        mirror.update(item, message)
      item.seen = reads
    }
    for (const item of items.values()) {
      const { n } = item
      // What came after the reading is not judged by it.
      if (n < 0 || n >= found.next || item.seen === reads) continue
      if (item.end) drop(item)
      else if (n > acked) mirror.fail(item, new OutboxError('DISCARDED'))
      else if (n <= forgotten) mirror.fail(item, new OutboxError('UNKNOWN'))
      else mirror.succeed(item)
    }
    if (lost.length) onLost(lost, sent)
    mirror.changed()
  }
  return mirror
}
