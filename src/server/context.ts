/**
 * Owns what the parts of a server share: what the user gave, and what a connection is to the parts that work for it. Types.
 */

import type { Framing, ServerFrame } from '../session/frames.ts'
import type { SessionLimits } from './limits.ts'
import type { ServerClock } from './platform.ts'
import type { Publication, SessionStore } from './session-store.ts'
import type { TroubleCode, TroubleListener } from './trouble.ts'

/** Who says something. */
export interface Sender<User> {
  /** As `accept` was given it. */
  readonly user: User
  /** The client's id: one browser profile's outbox. Not secret enough to be trusted by itself. */
  readonly client: string
}

export interface SendArguments<User, In> extends Sender<User> {
  readonly data: In
  /** Its number: with user and client together the name of this message, for ever. */
  readonly n: number
  // biome-ignore lint/suspicious/noExplicitAny: the store's own kind of database, which only its user can name.
  readonly database: any
}

export interface RequestArguments<User, In> extends Sender<User> {
  readonly data: In
  /** Aborted when the asker gives up or goes away; an idempotent request goes on. Undefined before Node 15. */
  readonly signal: AbortSignal
}

/** What becomes of a message that is taken. */
export interface Decision {
  readonly publish?: readonly Publication[] | undefined
  /**
   * Your own writes, in the transaction of ledger and events; synchronous. Refusal and Wait may be thrown here as well.
   */
  // biome-ignore lint/suspicious/noExplicitAny: see SendArguments.
  readonly write?: ((database: any) => void) | undefined
}

type Awaitable<T> = T | Promise<T>

export interface Handlers<User, In> {
  /**
   * Decides on a numbered message, one after the other: what it publishes and writes is committed together with its number, exactly
   * once. It may be asked more than once, so it does nothing itself. Throws {@link Refusal} or {@link Wait}; after anything else the
   * client comes back with the message later.
   */
  readonly onSend?: ((message: SendArguments<User, In>) => Awaitable<Decision | undefined | void>) | undefined
  /** Answers a request, at most once unless the asker called it idempotent. What {@link Refusal} says is the failure. */
  readonly onRequest?: ((request: RequestArguments<User, In>) => unknown) | undefined
  /** Hears a plain message, at most once. What does not belong to the wire comes as it is. */
  readonly onPlain?: ((message: Sender<User> & { readonly data: In }) => unknown) | undefined
  /**
   * Whether this user may hear of a topic.
   * @default everybody may
   */
  readonly canFollow?: ((question: Sender<User> & { readonly topic: string }) => Awaitable<boolean>) | undefined
}

export interface Context<User = unknown> {
  readonly store: SessionStore
  readonly framing: Framing
  readonly limits: SessionLimits
  readonly clock: ServerClock
  // biome-ignore lint/suspicious/noExplicitAny: what a message holds is between the user's two ends.
  readonly handlers: Handlers<User, any>
  readonly report: TroubleListener<User>
  readonly userKey: (user: User) => string
}

/** A connection as its parts see it. */
export interface Line<User = unknown> {
  readonly sender: Sender<User>
  /** User and client together. */
  readonly key: string
  readonly isOpen: boolean
  /** So much is on its way that what can wait should. */
  readonly isBusy: boolean
  send(frame: ServerFrame): void
  /** A frame that is already written. */
  sendText(text: ReturnType<Framing['write']>): void
  /** Resolves once the line is no longer busy, or closed. */
  drained(): Promise<void>
  close(code: number, reason: string): void
  /** Lets work go on by itself; should it fail, the connection ends, and nothing else. */
  run(work: Promise<void>): void
  trouble(code: TroubleCode, message: string, cause?: unknown): void
  /** The store knows less than this client was told: it has to begin anew, and everybody unless it is this client alone. */
  memoryLost(isForgotten: boolean): void
}
