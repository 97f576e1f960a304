/**
 * Owns what the operator of a server hears of: what clients did that they must not, what handlers and the store did. Never
 * what was in a message (R19), and never by throwing.
 */

import { printError } from './platform.ts'

/**
 * `WIRE_BROKEN` a frame that is none, closed with 4400 · `WRONG_VERSION` 4406 · `NO_USER` 4401 · `FLOOD` a client sent more than it
 * may, 1008 · `UNREAD` it did not read what it was sent, 1008 · `HANDLER_FAILED` a function of yours threw what is neither Refusal
 * nor Wait, or answered what cannot be sent · `STORE_FAILED` see cause · `MEMORY_LOST` the store knows less than it once acknowledged.
 */
export type TroubleCode =
  | 'WIRE_BROKEN'
  | 'WRONG_VERSION'
  | 'NO_USER'
  | 'FLOOD'
  | 'UNREAD'
  | 'HANDLER_FAILED'
  | 'STORE_FAILED'
  | 'MEMORY_LOST'

export interface Trouble<User = unknown> {
  readonly code: TroubleCode
  /** A sentence. */
  readonly message: string
  /** Whose connection, where it is about one. */
  readonly user?: User | undefined
  /** The client's id, once it has said it. */
  readonly client?: string | undefined
  /** What was thrown. */
  readonly cause?: unknown
}

export type TroubleListener<User> = (trouble: Trouble<User>) => void

/** What the operator's own code is to blame for is printed where nobody listens. */
const LOUD: readonly TroubleCode[] = ['HANDLER_FAILED', 'STORE_FAILED', 'MEMORY_LOST']

export function troubleReporter<User>(listener: TroubleListener<User> | undefined): TroubleListener<User> {
  return (trouble) => {
    if (!listener) {
      if (LOUD.includes(trouble.code)) printError(`session server: ${trouble.message}`, trouble.cause)
      return
    }
    try {
      listener(trouble)
    } catch (thrown) {
      printError('session server: onError threw', thrown)
    }
  }
}
