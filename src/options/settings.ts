/**
 * Owns the options with every default in place. Types only, made of the table: no option is named here but the groups.
 * Must never hold a default: those are in schema.ts.
 */

import type { CircuitLimits } from '../policy/circuit-breaker.ts'
import type { QueueOptions } from './option-groups.ts'
import type { WebSocketReconnectOptions } from './options.ts'
import type { DEFAULTS, GROUPS } from './schema.ts'

/** With every default in place, nothing may be missing. */
type Filled<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> }

/** The queue's settings with defaults filled in. */
export interface QueueLimits extends Filled<QueueOptions> {}

/** The options with every default in place; what `client.options` shows. Times are ms. */
export interface Settings
  extends Filled<Pick<WebSocketReconnectOptions, 'url' | Exclude<keyof typeof DEFAULTS, (typeof GROUPS)[number]>>>,
    Readonly<Omit<WebSocketReconnectOptions, 'url' | keyof typeof DEFAULTS>> {
  readonly circuitBreaker: CircuitLimits | false
  readonly queue: QueueLimits | false
}
