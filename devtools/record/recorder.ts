/**
 * Owns recording one client: it listens at the tap, keeps the newest entries, and tells which frames are the heartbeat's.
 * Must never change what the client does, nor keep more than it was allowed to.
 */

import type { WebSocketReconnect } from '../../src/index.ts'
import { keep, type RecordedEntry, type RecordedFrame, type Redact, weigh } from './entry.ts'
import { toHar } from './har.ts'
import { toJsonLines, write } from './json-lines.ts'
import { Ring } from './ring.ts'

/** How much a recorder keeps, and of what. */
export interface RecorderOptions {
  /**
   * The newest so many entries.
   * @default 2000
   */
  entries?: number | undefined
  /**
   * About so many bytes of them.
   * @default 2097152
   */
  bytes?: number | undefined
  /**
   * Takes secrets out of a frame or a close reason before it is kept.
   * @default none
   */
  redact?: Redact | undefined
}

/** `'har'`: for the network panels of browsers. `'jsonl'`: what `replay` of `/testing` takes. `'test'`: a component test. */
export type ExportFormat = 'har' | 'jsonl' | 'test'

/** A test is written by code that is loaded when it is asked for. */
export interface Export {
  (format: 'har' | 'jsonl'): string
  (format: ExportFormat): string | Promise<string>
}

/** What a recorder needs of a client. */
export type Recordable = Pick<WebSocketReconnect, 'on' | 'options' | 'url'> & Partial<Pick<WebSocketReconnect, 'tap'>>

export interface Recorder {
  /** How many older entries had to go; the number of the oldest one that is here. */
  readonly dropped: number
  /** How many there ever were. */
  readonly count: number
  /** Adds to monotonic ms for epoch ms. */
  readonly wallOffset: number
  /** What is here, oldest first; with a number, from that entry on. */
  entries(since?: number): RecordedEntry[]
  /** The entry of this number, if it is still here. */
  get(number: number): RecordedEntry | undefined
  readonly export: Export
  /** Forgets what is here, and goes on. */
  clear(): void
  /** Stops recording; what is here stays. */
  stop(): void
}

/**
 * Records a client while you develop: transitions, frames as text, the queue, errors. In production builds there is
 * nothing to record.
 *
 * @example
 * const recorder = createRecorder(client, { redact: (text) => text.replace(/"token":"[^"]*"/, '"token":"…"') })
 * // …
 * await navigator.clipboard.writeText(await recorder.export('test'))
 */
export function createRecorder(client: Recordable, options: RecorderOptions = {}): Recorder {
  const { entries = 2000, bytes = 2 << 20, redact } = options
  const ring = new Ring<RecordedEntry>(entries, bytes)
  const clock = client.options.clock || { now: () => Date.now(), monotonic: () => performance.now() }
  let lastWall = clock.now()
  let lastAt = clock.monotonic()
  const wallOffset = lastWall - lastAt
  let isPinging = false
  let heard: RecordedFrame | undefined

  /** Browsers take four times as long to tell this time as the other, so it is asked once per millisecond. */
  const now = () => {
    const time = clock.now()
    if (time !== lastWall) lastAt = clock.monotonic()
    lastWall = time
    return lastAt
  }

  const stopTap = client.tap?.((reported) => {
    if (reported.type === 'transition') lastAt = reported.event.now
    const entry = keep(reported, reported.type === 'transition' ? lastAt : now(), redact)
    if (entry.type === 'transition') isPinging = entry.effects.some(([name]) => name === 'ping')
    else if (entry.type === 'received') heard = entry
    else if (entry.type === 'sent' && isPinging) {
      entry.heartbeat = true
      isPinging = false
    }
    ring.push(entry, weigh(entry))
  })
  // It is told right after the frame that was the answer.
  const stopLatency = client.on('latency', () => {
    if (heard) heard.heartbeat = true
  })

  return {
    get dropped() {
      return ring.first
    },
    get count() {
      return ring.end
    },
    wallOffset,
    entries: (since) => ring.since(since),
    get: (number) => ring.get(number),
    export: ((format: ExportFormat) => {
      const all = ring.since()
      if (format === 'test') return import('./as-test.ts').then(({ toTest }) => toTest(all, write))
      return format === 'har' ? toHar(all, client.url, wallOffset) : toJsonLines(all)
    }) as Export,
    clear: () => ring.clear(),
    stop() {
      stopTap?.()
      stopLatency()
    },
  }
}
