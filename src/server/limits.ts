/**
 * Owns what a server takes, keeps and holds at most: names, units, defaults. Pure.
 * Must never leave a number unchecked: a limit that is NaN limits nothing.
 */

import type { Retention } from './session-store.ts'

export interface SessionLimits extends Retention {
  /**
   * Bytes of the largest frame from a client; larger ones end the connection (4400). `ws` has a limit of its own, `maxPayload`.
   * @default 65_536
   */
  readonly frameBytes: number
  /**
   * Numbered messages of one connection that are not acknowledged yet. Who sends more is told to wait, and who goes on all the
   * same is disconnected (1008).
   * @default 1024
   */
  readonly window: number
  /**
   * Their bytes.
   * @default 4_194_304
   */
  readonly pendingBytes: number
  /**
   * Requests of one connection in work; further ones fail with `busy`.
   * @default 256
   */
  readonly requests: number
  /**
   * Topics that one connection follows.
   * @default 100
   */
  readonly followed: number
  /**
   * Bytes that a client has been sent and has not read. Events wait outside of it, acks and replies do not; beyond it the
   * connection ends.
   * @default 4_194_304
   */
  readonly unreadBytes: number
  /**
   * Ms that a connection has to say who it is.
   * @default 10_000
   */
  readonly helloTimeout: number
  /**
   * Ms without a word, the heartbeat included, after which a connection is taken for broken: it ends between once and twice as late.
   * Higher than the clients' `heartbeatInterval`, and than the minute that browsers put between the timers of a page in the background.
   * @default 120_000
   */
  readonly silence: number
}

/** As a user gives them. */
export type GivenLimits = Partial<Omit<SessionLimits, 'history'>> & {
  readonly history?: Partial<SessionLimits['history']> | undefined
}

const DAY = 86_400_000

export const defaultRetention: Retention = {
  clientsRemembered: 100_000,
  memory: 8 * DAY,
  history: { events: 1000, bytes: 1 << 20, age: DAY },
}

const defaults: SessionLimits = {
  ...defaultRetention,
  ...{ frameBytes: 65_536, window: 1024, pendingBytes: 4 << 20, requests: 256 },
  ...{ followed: 100, unreadBytes: 4 << 20, helloTimeout: 10_000, silence: 120_000 },
}

/** @throws TypeError for a name it does not know, RangeError for a number that limits nothing. */
export function readLimits(given: GivenLimits = {}): SessionLimits {
  const { history = {}, ...flat } = given
  return { ...merged(defaults, flat, ''), history: merged(defaults.history, history, 'history.') }
}

function merged<T extends object>(known: T, given: object, prefix: string): T {
  const result = { ...known } as Record<string, unknown>
  for (const [name, value] of Object.entries(given)) {
    if (!(name in known)) throw new TypeError(`createSessionServer: there is no limit "${prefix}${name}".`)
    if (value === undefined) continue
    if (!(Number.isFinite(value) && value >= 1))
      throw new RangeError(`createSessionServer: the limit "${prefix}${name}" must be a number from 1, got ${value}.`)
    result[name] = value
  }
  return result as T
}
