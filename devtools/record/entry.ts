/**
 * Owns what a recorder keeps of what the tap reports: the same entries with their time, as text and plain values, without
 * what nobody may keep (events of the platform, causes, addresses). Must never hold on to a MessageEvent or a Blob.
 */

import type { TapEntry, TransitionEntry } from '../../src/index.ts'

/** A transition as it was reported. Its settings are those that the chart goes by, and no function among them. */
export interface RecordedTransition extends TransitionEntry {
  /** Monotonic ms, by the client's clock. */
  readonly at: number
}

/** A message on its way in or out. */
export interface RecordedFrame {
  readonly type: 'received' | 'sent'
  readonly at: number
  /** The text, after `redact`; of bytes their Base64 where they could be read at once, else ''. */
  readonly data: string
  /** Characters of a text, bytes of anything else. */
  readonly size: number
  readonly binary?: true
  /** It is the heartbeat's own ping, or what was taken for the answer to one. */
  heartbeat?: true
}

export interface RecordedQueue {
  readonly type: 'queue'
  readonly at: number
  readonly size: number
}

export interface RecordedError {
  readonly type: 'error'
  readonly at: number
  readonly code: string
  readonly message: string
}

export type RecordedEntry = RecordedTransition | RecordedFrame | RecordedQueue | RecordedError
export type Redact = (text: string) => string

/** What an entry weighs beside its text, bytes. */
const OVERHEAD = 100
const PLAIN = /^(jitter|circuitBreaker|closeTable|hasFreshAuth)$/

/** What was kept of the settings that came last: they stay the same for thousands of entries. */
const kept = /* @__PURE__ */ new WeakMap<object, TransitionEntry['settings']>()

function settingsOf(settings: TransitionEntry['settings']): TransitionEntry['settings'] {
  let picked = kept.get(settings)
  if (!picked) {
    const all = settings as unknown as Record<string, unknown>
    const bag: Record<string, unknown> = {}
    for (const name in all) if (typeof all[name] === 'number' || PLAIN.test(name)) bag[name] = all[name]
    // That a provider is asked afresh is all that the chart wants to know of an address.
    if (typeof settings.url === 'function' || typeof settings.protocols === 'function') bag.hasFreshAuth = true
    picked = bag as unknown as TransitionEntry['settings']
    kept.set(settings, picked)
  }
  return picked
}

/** Without causes, which may hold anything, and with reasons that have been redacted. */
function plain<T>(value: T, redact: Redact): T {
  if (Array.isArray(value)) return value.map((part) => plain(part, redact)) as T
  if (!value || typeof value !== 'object') return value
  const copy: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(value)) {
    if (name === 'reason') copy[name] = redact(String(part))
    else if (name !== 'cause') copy[name] = plain(part, redact)
  }
  return copy as T
}

/** What to keep of an entry. */
export function keep(entry: TapEntry, at: number, redact: Redact | undefined): RecordedEntry {
  const { type } = entry
  if (type === 'received' || type === 'sent') {
    const { data } = entry
    if (typeof data === 'string') return { type, at, data: redact ? redact(data) : data, size: data.length }
    const bytes = viewOf(data)
    const size = bytes ? bytes.length : (data as Blob).size || 0
    return { type, at, data: bytes ? base64(bytes) : '', size, binary: true }
  }
  if (type === 'queue') return { type, at, size: entry.size }
  if (type === 'error') return { type, at, code: entry.error.code, message: entry.error.message }
  const { event, before, after, effects, settings } = entry
  const clean = redact || String
  return {
    ...{ type, at, event: plain(event, clean), before, after },
    ...{ effects: plain(effects, clean), settings: settingsOf(settings) },
  }
}

/** What an entry weighs, about, bytes. */
export const weigh = (entry: RecordedEntry): number => ('data' in entry ? entry.data.length : OVERHEAD) * 2 + OVERHEAD

function viewOf(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined
}

/** The first 32 kB: more than anybody looks at. */
function base64(bytes: Uint8Array): string {
  return typeof btoa === 'function' ? btoa(String.fromCharCode(...bytes.subarray(0, 32768))) : ''
}
