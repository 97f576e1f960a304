/**
 * Owns what is compared: options of the engine and nothing else, so that what is measured can be had; and beside them
 * the policies of other libraries.
 */

import { interactive, type WebSocketReconnectOptions, type WorldNews } from '../../src/index.ts'
import { type Peer, peers } from './peers.ts'

export interface Strategy {
  readonly name: string
  /** How a client comes back: the engine with these options, or another library's policy. */
  readonly options?: Partial<WebSocketReconnectOptions>
  readonly peer?: Peer
  /** What the page tells a client at the moment at which the server is back. */
  readonly signal?: WorldNews
  /** Of its curve; without one it is a variant, which the picture is spared. */
  readonly colour?: string
}

const forever = { maxRetries: Infinity }
const noBreaker = { ...forever, circuitBreaker: false } as const

export const DEFAULTS = 'the defaults'
export const PRESET = 'the preset `interactive`'

export const preset: Strategy = { name: PRESET, options: interactive, colour: '#e36209' }

export const strategies: readonly Strategy[] = [
  { name: 'exponential, no jitter', options: { ...noBreaker, jitter: 0 }, colour: '#9a9a9a' },
  { name: '±10 %, no breaker', options: noBreaker, colour: '#1f6feb' },
  {
    name: '±10 %, breaker with a fixed 60 s reset',
    options: { ...forever, circuitBreaker: { resetJitter: 0 } },
    colour: '#cf222e',
  },
  {
    name: '±10 %, breaker, reset spread over 30–90 s',
    options: { ...forever, circuitBreaker: { resetTimeout: 30_000, resetJitter: 2 } },
  },
  // ±10 %, breaker, trial within 30 s after the reset (R10); maxRetries 10 like everything else of them.
  { name: DEFAULTS, options: {}, colour: '#0a7d33' },
  { name: 'the defaults with resetJitter: 1', options: { circuitBreaker: { resetJitter: 1 } } },
  { name: 'full jitter, no breaker', options: { ...noBreaker, jitter: 'full' }, colour: '#bf3989' },
  preset,
]

/** Who comes back after short and long outages: ours, ours with news from the page, and the peers. */
export const contenders: readonly Strategy[] = [
  { name: 'the defaults, `maxRetries: Infinity`', options: forever },
  { name: '… told `online` when the server is back', options: forever, signal: 'online' },
  { name: '… told `wake` when the server is back', options: forever, signal: 'wake' },
  preset,
  ...peers.map((peer) => ({ name: peer.name, peer })),
]
