/**
 * Owns the presets: options found by simulation for a kind of use (R38).
 * Must never hold a figure of taste: a change here is measured by `npm run simulate` first.
 */

import type { CircuitBreakerOptions, WebSocketReconnectOptions } from './options.ts'

type Preset = Readonly<Required<Pick<WebSocketReconnectOptions, 'maxRetries' | 'maxDelay' | 'jitter'>>> & {
  readonly circuitBreaker: Readonly<CircuitBreakerOptions>
}

export const interactive: Preset = /* @__PURE__ */ Object.freeze({
  maxRetries: Infinity,
  maxDelay: 10_000,
  jitter: 'full',
  circuitBreaker: /* @__PURE__ */ Object.freeze({ resetTimeout: 4000, resetJitter: 1.5 }),
})
