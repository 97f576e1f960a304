/**
 * Owns the options with every default in place. Types only.
 * Must never hold a default: those are in schema.ts.
 */

import type { BackoffOptions } from '../policy/backoff.ts'
import type { CircuitLimits } from '../policy/circuit-breaker.ts'
import type { WebSocketReconnectOptions } from './options.ts'
import type { Address, Resolvable } from './providers.ts'

/** The queue's settings with defaults filled in. */
export interface QueueLimits {
  readonly maxMessages: number
  readonly maxBytes: number
  readonly overflow: 'reject' | 'drop-oldest'
  readonly maxAge: number
  readonly highWaterMark: number
  readonly hold: boolean
}

/** The options with every default in place; what `client.options` shows. Times are ms. */
export interface Settings extends BackoffOptions, Readonly<Omit<WebSocketReconnectOptions, keyof BackoffOptions>> {
  readonly url: Address
  readonly protocols: Resolvable<string | readonly string[]>
  readonly websocketOptions: Resolvable<object>
  readonly hiddenTimeout: number
  readonly maxRetries: number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  readonly heartbeatMessage: string | object | (() => string | object)
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly minUptime: number
  readonly circuitBreaker: CircuitLimits | false
  readonly queue: QueueLimits | false
}
