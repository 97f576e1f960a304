/**
 * Owns what is known of one connection, as far as messages are concerned. Types only.
 * Must never outlive it: what has to is in the outbox.
 */

import type { ServerFrame } from './frames.ts'

export type Welcome = Extract<ServerFrame, { type: 'welcome' }>

export interface Line {
  /** Whom the server takes us for. */
  readonly client: string
  readonly welcome: Welcome
  /** Under this number the server had forgotten us, as we were greeted. */
  readonly uncertainTo: number
  readonly leave: () => void
  isLeading: boolean
  isPrepared: boolean
  /** Sent up to here, on this line. */
  cursor: number
}
