/**
 * Owns the presets: options found by simulation for a kind of use (R38).
 * Must never hold a figure of taste: a change here is measured by `npm run simulate` first.
 */

import type { CircuitBreakerOptions } from './option-groups.ts'
import type { WebSocketReconnectOptions } from './options.ts'

type Preset = Readonly<Required<Pick<WebSocketReconnectOptions, 'maxRetries' | 'maxDelay' | 'jitter'>>> & {
  readonly circuitBreaker: Readonly<CircuitBreakerOptions>
}

/**
 * Options for whatever a person looks at, spread before one's own: it never gives up, and never waits longer than 10 s.
 *
 * After the server has refused for 1–120 s, a client is back within 4.1 s of it in the median and 10 s at most, whatever the
 * length (defaults: 72.9 and 87.5). The price is dials: when a server that accepts 2,000 a second has been down for 60 s, 99 % of
 * 100,000 clients are back after 57 s with 14.8 dials each (defaults: 99 s and 6.4). For clients that nobody looks at, and
 * for larger fleets, keep the defaults. The figures were found by simulation.
 *
 * @see docs/guide/options.md#how-soon-is-everybody-back
 * @example new WebSocketReconnect({ ...interactive, url })
 * @example <WebSocketProvider {...interactive} url="wss://example.com/live">
 */
export const interactive: Preset = /* @__PURE__ */ Object.freeze({
  maxRetries: Infinity,
  maxDelay: 10_000,
  jitter: 'full',
  circuitBreaker: /* @__PURE__ */ Object.freeze({ resetTimeout: 5000, resetJitter: 1 }),
})
