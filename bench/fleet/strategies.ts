/**
 * Owns the strategies that are compared: options of the engine and nothing else, so that what is measured can be had.
 */

import type { WebSocketReconnectOptions } from '../../src/index.ts'

export interface Strategy {
  readonly name: string
  readonly options: Partial<WebSocketReconnectOptions>
  /** Of its curve. */
  readonly colour: string
}

const forever = { maxRetries: Infinity }
const noBreaker = { ...forever, circuitBreaker: false } as const

export const DEFAULTS = 'the defaults'

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
    colour: '#d4a72c',
  },
  // ±10 %, breaker, trial within 30 s after the reset (R10); maxRetries 10 like everything else of them.
  { name: DEFAULTS, options: {}, colour: '#0a7d33' },
  { name: 'the defaults with resetJitter: 1', options: { circuitBreaker: { resetJitter: 1 } }, colour: '#8250df' },
  { name: 'full jitter, no breaker', options: { ...noBreaker, jitter: 'full' }, colour: '#bf3989' },
]
