/**
 * Owns the outbox: messages are numbered and kept by its store before anything else happens to them (S1), and what became of them
 * is kept before it is told (S6). Must never send: that is courier.ts.
 */

import type { Delivery, Outbox, OutboxSnapshot } from './delivery.ts'
import type { RefusalNote } from './frames.ts'
import { type Item, record, renewed } from './item.ts'
import { OutboxError } from './outbox-error.ts'
import { createMirror, type MirrorSettings } from './outbox-mirror.ts'
import { mergeState, tombstone } from './outbox-state.ts'
import type { Numbered, OutboxState, StoredMessage } from './outbox-store.ts'
import { showLimits } from './session-inside.ts'

/** Refused and expired messages that are kept to be looked at. */
const ENDED_KEPT = 100
const EMPTY: OutboxSnapshot<any> = { isDurable: false, size: 0, bytes: 0, entries: [] }

export interface OutboxSettings<T> extends MirrorSettings<T> {
  readonly maxMessages: number
  readonly maxBytes: number
  now(): number
  /** As it goes into a frame, and that frame's bytes. Throws for what cannot be sent. */
  pack(data: T): { data: unknown; size: number }
  /** There may be something to send. */
  onWork(): void
}

/** The outbox from inside: what the courier works with. */
export interface OutboxCore<T = unknown> extends Outbox<T> {
  readonly state: OutboxState
  get(n: number): Item | undefined
  send(data: T, key?: string): Delivery
  /** Reads the store; what was changed before the call is in it. */
  sync(): Promise<void>
  /** Everything up to `n` is done, with these refusals among it (S6). */
  settle(n: number, notes: readonly RefusalNote[], sent: number): Promise<void>
  /** Up to `n` may have been sent to a server of this epoch (S8). */
  mark(n: number, epoch: string): Promise<void>
  /** Up to `n` may be done twice, by a server of this epoch (S8). */
  flag(n: number, epoch: string, isHeld: boolean): Promise<void>
  end(item: Item, end: 'refused' | 'expired', why?: string): Promise<void>
  /** Numbers anew, from `first` on, what has not been sent. */
  renumber(first: number): Promise<void>
}

export function createOutbox<T>(settings: OutboxSettings<T>): OutboxCore<T> {
  const { box, maxMessages, maxBytes, onWork } = settings
  const mirror = createMirror(settings, (lost, sent) => {
    for (const item of lost) {
      // Under its old number it may have been sent.
      if (item.n <= sent) item.isUncertain = true
      keepSoon(item)
    }
  })
  const { items, put, drop, fail, update, inOrder } = mirror
  let lastStoring = 0
  let storing: Item[] = []

  /** Numbers and keeps them in this order. */
  const keep = async (added: Item[]) => {
    let kept: Numbered
    try {
      kept = await box.add(added.map(renewed))
    } catch (cause) {
      const error = cause instanceof OutboxError ? cause : new OutboxError('STORE_FAILED', '', cause)
      for (const item of added) fail(item, error)
      return
    }
    if (kept.client !== mirror.state.client) await mirror.sync()
    // Kept in a store that somebody has cleared by now.
    if (kept.client !== mirror.state.client) return added.forEach(keepSoon)
    let n = kept.first
    const isNext = n === mirror.state.next
    for (const item of added) {
      drop(item)
      item.n = n++
      put(item)
      item.stored?.()
    }
    // What lies between may be another tab's, or nobody's: the store knows.
    if (isNext) mirror.state = { ...mirror.state, next: n }
    else if (n > mirror.state.next) await mirror.sync()
    onWork()
  }
  /** In one step with all that is written in this task. */
  const keepSoon = (item: Item) => {
    drop(item)
    item.n = --lastStoring
    put(item)
    if (storing.push(item) > 1) return
    Promise.resolve().then(() => {
      const added = storing
      storing = []
      keep(added)
    })
  }
  /** Keeps it, then knows it. */
  const change = async (replace: StoredMessage[], removed: number[] = [], to?: Partial<OutboxState>) => {
    let remove = removed
    let state = to
    if (replace.some(({ end }) => end)) {
      const ended = [...items.values(), ...replace].filter(({ end }) => end)
      const old = ended.slice(0, Math.max(0, ended.length - ENDED_KEPT)).map(({ n }) => n)
      remove = [...removed, ...old]
      state = { ...to, forgotten: Math.max(0, ...old) }
    }
    await box.change({ client: mirror.state.client, replace, remove, state })
    mirror.state = mergeState(mirror.state, state)
    for (const message of replace) {
      const item = items.get(message.n)
      if (item) update(item, message)
    }
    for (const n of remove) if (items.get(n)?.end) drop(items.get(n))
    mirror.changed()
  }
  /** Those that still wait, up to `n`. */
  const waiting = (n: number) => {
    const found: Item[] = []
    for (let i = mirror.state.acked + 1; i <= n; i++) {
      const item = items.get(i)
      if (item && !item.end) found.push(item)
    }
    return found
  }

  const outbox: OutboxCore<T> = {
    get state() {
      return mirror.state
    },
    get isDurable() {
      return box.isDurable
    },
    get size() {
      return mirror.size
    },
    get bytes() {
      return mirror.bytes
    },
    get: (n) => items.get(n),
    sync: mirror.sync,
    send(given, key) {
      const same = key !== undefined && [...items.values()].find((item) => item.key === key && !item.end)
      if (same) return mirror.deliveryOf(same)
      const packed = settings.pack(given)
      if (mirror.size >= maxMessages) throw new OutboxError('FULL', 'maxMessages')
      if (mirror.bytes + packed.size > maxBytes) throw new OutboxError('FULL', 'maxBytes')
      if (box.room !== undefined && packed.size > box.room) throw new OutboxError('FULL', 'no room')
      const item: Item = { n: -1, ...packed, at: settings.now(), key }
      keepSoon(item)
      return mirror.deliveryOf(item)
    },
    async settle(n, notes, sent) {
      const why = new Map(notes)
      const all = waiting(n)
      const done = all.filter((item) => !why.has(item.n))
      const refused = all.filter((item) => why.has(item.n))
      await change(
        refused.map((item) => ({ ...record(item), end: 'refused', why: why.get(item.n) })),
        done.map((item) => item.n),
        sent > mirror.state.sent ? { acked: n, sent } : { acked: n },
      )
      done.forEach(mirror.succeed)
    },
    mark: (sent, epoch) => change([], [], { sent, epoch }),
    flag: (n, epoch, isHeld) =>
      change(
        waiting(n).map((item) => ({ ...record(item), isUncertain: true, isHeld })),
        [],
        { epoch },
      ),
    end: (item, end, why) => change([{ ...record(item), end, why, isHeld: false }]),
    async renumber(first) {
      // What is written from now on comes after it; what was written before is seen.
      const { first: limit } = await box.add([], first)
      await mirror.sync()
      await keep(inOrder().filter(({ n, end }) => n > mirror.state.sent && n < limit && !end))
    },
    entries: () => mirror.getSnapshot().entries,
    async retry(n) {
      const item = items.get(n)
      if (item?.end) {
        const { data, size, key } = item
        await keep([{ n, data, size, key, at: settings.now() }])
        await mirror.sync()
      } else if (item?.isHeld) await change([{ ...record(item), isHeld: false }])
      onWork()
    },
    async discard(n) {
      const item = items.get(n)
      if (!item) return
      // What is being stored first gets its number.
      if (n < 0) await item.delivery?.stored.catch(() => {})
      if (items.get(item.n) === item) await change([tombstone(record(item))])
      onWork()
    },
    async clear() {
      await mirror.sync()
      await Promise.all(inOrder().map(({ n }) => outbox.discard(n)))
    },
    subscribe: mirror.subscribe,
    getSnapshot: mirror.getSnapshot,
    getServerSnapshot: () => EMPTY,
  }
  try {
    if (process.env.NODE_ENV !== 'production') showLimits(outbox, { maxMessages, maxBytes })
  } catch {}
  return outbox
}
