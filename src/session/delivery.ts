/**
 * Owns what an application sees of its messages on their way. Types. Must never say how they travel.
 */

import type { Store } from '../websocket-client.ts'

/**
 * `storing`: it may still be lost with the page. `stored`: it outlives the page, where the outbox is durable. `sent`: the
 * server may have it. `acked`: done, for good. `refused`: the server will never take it. `expired`: too old. `discarded`:
 * by the application. `uncertain`:
 * the server lost its memory, so it may be done twice.
 */
export type DeliveryStatus = 'storing' | 'stored' | 'sent' | 'acked' | 'refused' | 'expired' | 'discarded' | 'uncertain'

/** A message on its way. */
export interface Delivery {
  /** Its place in the order of all messages of this outbox; below 0 until it is stored. */
  readonly n: number
  readonly status: DeliveryStatus
  /** It may have been done twice, even where it is acked by now. */
  readonly isUncertain: boolean
  /** Resolves once it is kept; rejects with an `OutboxError` where it is not, and then it will not be sent. May be ignored. */
  readonly stored: Promise<void>
  /** Resolves once the server has done it; rejects with an `OutboxError` where it never will. May be ignored. */
  readonly acked: Promise<void>
}

/** A message in the outbox: not acknowledged yet, or ended without being done. */
export interface OutboxEntry<T = unknown> {
  readonly n: number
  readonly data: T
  /** When it was written, epoch ms. */
  readonly at: number
  readonly status: DeliveryStatus
  readonly isUncertain: boolean
  /** It waits for `retry` or `discard` (`whenUncertain: 'hold'`), and all behind it wait as well. */
  readonly isHeld: boolean
  /** Why the server refused it. */
  readonly why?: string | undefined
}

/** Another object whenever something in it differs. */
export interface OutboxSnapshot<T = unknown> {
  readonly isDurable: boolean
  readonly size: number
  readonly bytes: number
  /** In order. */
  readonly entries: readonly OutboxEntry<T>[]
}

/** What waits to be acknowledged, whichever tab wrote it. */
export interface Outbox<T = unknown> extends Store<OutboxSnapshot<T>> {
  /** Whether messages outlive the page. */
  readonly isDurable: boolean
  /** How many messages wait to be acknowledged. */
  readonly size: number
  /** Bytes of those. */
  readonly bytes: number
  /** Those, and what was refused or has expired: the latest hundred, until they are discarded. */
  entries(): readonly OutboxEntry<T>[]
  /** Sends again, as a new message, what was refused or has expired; lets go what is held. */
  retry(n: number): Promise<void>
  /** Forgets a message. What has been sent already may be done all the same. */
  discard(n: number): Promise<void>
  /** Forgets all of them: at logout. */
  clear(): Promise<void>
}
