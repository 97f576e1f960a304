/**
 * Owns whether a client that lives in a part of a page is wanted (R30, R32): mounted × enabled × the user's own close().
 * A mount that ends leaves the connection for `linger` ms, for whoever comes back within them.
 * Must never dial after the user's own `close()`, know of any framework, or do anything before it is mounted.
 */

import type { Clock, WebSocketReconnectOptions } from '../options/options.ts'
import { initialSnapshot, type Snapshot } from './snapshot.ts'

/** What the holder of a lease may do that is nobody's own `connect()` or `close()`; given by `client.grant(lease)`. */
export interface LeaseRights {
  readonly close: () => void
  /** Makes a closed client idle: what is sent until it connects waits for that. */
  readonly prepare: () => void
  /**
   * As `update()`, with urls that nothing could dial (they are FAILED when dialled): a render must not throw for data.
   * `address`: whether the functions among the options now lead elsewhere, or nowhere.
   */
  readonly update: (options: Partial<WebSocketReconnectOptions>, address: 'same' | 'other' | 'none') => void
}

interface Grantor {
  readonly getSnapshot: () => Snapshot
  connect(): unknown
  grant(lease: MountLease): LeaseRights
}

/** What is asked for: `isWanted` is `isEnabled` and somewhere to connect to. */
export interface LeaseTerms {
  readonly isWanted: boolean
  readonly isEnabled: boolean
}

/** The part of a clock that waits. */
export type Timers = Pick<Clock, 'setTimeout' | 'clearTimeout'>

/** Timers have 32 signed bits: a longer wait, Infinity too, would be over at once. */
const LONGEST_TIMER = 2 ** 31 - 1

export class MountLease {
  readonly rights: LeaseRights
  /** What a server shows: whether the first terms will lead to a connection (R26, R34). */
  readonly serverSnapshot: Snapshot
  /** Before a message is sent: what has been asked for and not been done yet comes first. */
  readonly beforeSend: () => void
  /** The last word of a user's was `close()`; the engine keeps it. */
  isClosedByUser = false
  readonly #client: Grantor
  /** The engine's own snapshot, which knows nothing of mounts to come. */
  readonly #getSnapshot: () => Snapshot
  readonly #timers: Timers
  #terms: LeaseTerms
  /** As the latest mount has found it. */
  #wasEnabled = true
  #isHeld = false
  /** The part of the page has gone, or is hidden, and has taken the connection along. */
  #isAway = false
  #closeTimer: unknown
  #plain: Snapshot | undefined
  #shown: Snapshot | undefined

  constructor(client: Grantor, terms: LeaseTerms, timers: Timers, beforeSend: () => void = () => {}) {
    this.#client = client
    this.#getSnapshot = client.getSnapshot
    this.#terms = terms
    this.#timers = timers
    this.beforeSend = beforeSend
    this.serverSnapshot = terms.isWanted ? connecting(initialSnapshot) : initialSnapshot
    this.rights = client.grant(this)
  }

  /** The next mount will connect: until it does, the client waits for itself. */
  get isDue(): boolean {
    const isBarred = this.isClosedByUser && this.#wasEnabled
    return this.#terms.isWanted && !this.#isHeld && !this.#isAway && !isBarred
  }

  /** Whether only the user's own `close()` keeps the client from connecting. */
  get isBarred(): boolean {
    return this.isClosedByUser && this.#wasEnabled && this.#terms.isWanted
  }

  /** The engine's snapshot as it is to be seen: what is due is `'connecting'` already. The same object for the same one. */
  show(snapshot: Snapshot): Snapshot {
    if (!this.isDue || !/^(idle|clos)/.test(snapshot.status)) return snapshot
    if (snapshot !== this.#plain) {
      this.#plain = snapshot
      this.#shown = connecting(snapshot)
    }
    return this.#shown as Snapshot
  }

  /** Takes other terms for the next mount, and does nothing yet. */
  agree(terms: LeaseTerms): void {
    this.#terms = terms
  }

  /** Between the terms and the mount: what is no longer wanted is closed. */
  settle(): void {
    this.#isAway = false
    if (!this.#terms.isWanted) this.#hold()
  }

  /** After that: whatever has closed it was no wish that still stands, so messages wait as before the first connection. */
  prepare(): void {
    if (this.isDue && this.#getSnapshot().status.startsWith('clos')) this.rights.prepare()
  }

  /** A part of a page is there that shows the client; returns how to say that it has gone. */
  mount(linger = 0): () => void {
    this.#timers.clearTimeout(this.#closeTimer)
    this.#isAway = false
    this.#hold()
    const letGo = () => {
      this.#isHeld = false
      this.#isAway = true
      this.rights.close()
    }
    return () => {
      this.#closeTimer = this.#timers.setTimeout(letGo, Math.min(linger, LONGEST_TIMER))
    }
  }

  #hold(): void {
    const { isWanted, isEnabled } = this.#terms
    if (isEnabled && !this.#wasEnabled) this.isClosedByUser = false
    this.#wasEnabled = isEnabled
    if (isWanted === this.#isHeld) return
    this.#isHeld = isWanted
    if (!isWanted) this.rights.close()
    else if (!this.isClosedByUser) this.#client.connect()
  }
}

const connecting = (snapshot: Snapshot): Snapshot => Object.freeze({ ...snapshot, status: 'connecting' })
