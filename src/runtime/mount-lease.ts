/**
 * Owns whether a client that lives in a part of a page is wanted (R30, R32): mounted × enabled × the user's own close().
 * A mount that ends leaves the connection for `linger` ms, for whoever comes back within them.
 * Must never dial after the user's own `close()`, know of any framework, or do anything before it is mounted.
 */

import type { WebSocketReconnectOptions } from '../options/options.ts'
import type { Clock } from '../options/world.ts'
import { LONGEST_TIMER } from '../policy/backoff.ts'
import { nothing } from './platform.ts'
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

/** A client as its lease sees it. */
interface Grantor {
  readonly getSnapshot: () => Snapshot
  connect(): unknown
  grant(lease: LeaseState): LeaseRights
}

/** What the engine knows of a lease. */
export interface LeaseState {
  /** The last word of a user's was `close()`; the engine keeps it. */
  isClosedByUser: boolean
  /** Before a message is sent: what has been asked for and not been done yet comes first. */
  readonly beforeSend: () => void
  /** The engine's snapshot as it is to be seen: what is due is `'connecting'` already. The same object for the same one. */
  readonly show: (snapshot: Snapshot) => Snapshot
  /** What a server shows: whether the first terms will lead to a connection (R26, R34). */
  readonly serverSnapshot: Snapshot
}

/** What is asked for: `isWanted` is `isEnabled` and somewhere to connect to. */
export interface LeaseTerms {
  readonly isWanted: boolean
  readonly isEnabled: boolean
}

export interface MountLease extends LeaseState {
  readonly update: LeaseRights['update']
  /** Takes other terms for the next mount, and does nothing yet. */
  readonly agree: (terms: LeaseTerms) => void
  /** Between the terms and the mount: what is no longer wanted is closed. */
  readonly settle: () => void
  /**
   * After that: whatever has closed it was no wish that still stands, so messages wait as before the first connection.
   * Whether the next mount will connect.
   */
  readonly prepare: () => boolean
  /** A part of a page is there that shows the client; returns how to say that it has gone, to linger for so many ms. */
  readonly mount: (linger?: number) => () => void
}

/** The part of a clock that waits. */
export type Timers = Pick<Clock, 'setTimeout' | 'clearTimeout'>

export function createMountLease(
  client: Grantor,
  first: LeaseTerms,
  timers: Timers,
  beforeSend: () => void = nothing,
): MountLease {
  // The engine's own, which knows nothing of mounts to come.
  const { getSnapshot } = client
  let terms = first
  /** As the latest mount has found it. */
  let wasEnabled = true
  let isHeld = false
  /** The part of the page has gone, or is hidden, and has taken the connection along. */
  let isAway = false
  let closeTimer: unknown
  let plain: Snapshot | undefined
  let shown = initialSnapshot

  /** The next mount will connect: until it does, the client waits for itself. */
  const isDue = () => terms.isWanted && !isHeld && !isAway && !(lease.isClosedByUser && wasEnabled)
  const hold = () => {
    const { isWanted, isEnabled } = terms
    if (isEnabled && !wasEnabled) lease.isClosedByUser = false
    wasEnabled = isEnabled
    isAway = false
    if (isWanted === isHeld) return
    isHeld = isWanted
    if (!isWanted) rights.close()
    else if (!lease.isClosedByUser) client.connect()
  }
  const letGo = () => {
    isHeld = false
    isAway = true
    rights.close()
  }
  const state: LeaseState = {
    isClosedByUser: false,
    beforeSend,
    serverSnapshot: first.isWanted ? connecting(initialSnapshot) : initialSnapshot,
    show(snapshot) {
      if (!isDue() || !/^idle|^clos/.test(snapshot.status)) return snapshot
      if (snapshot !== plain) {
        plain = snapshot
        shown = connecting(snapshot)
      }
      return shown
    },
  }
  const rights = client.grant(state)
  const lease: MountLease = Object.assign(state, {
    update: rights.update,
    agree(next: LeaseTerms) {
      terms = next
    },
    settle() {
      isAway = false
      if (!terms.isWanted) hold()
    },
    prepare() {
      if (isDue() && getSnapshot().status.startsWith('clos')) rights.prepare()
      return isDue()
    },
    mount(linger = 0) {
      timers.clearTimeout(closeTimer)
      hold()
      return () => {
        closeTimer = timers.setTimeout(letGo, Math.min(linger, LONGEST_TIMER))
      }
    },
  })
  return lease
}

const connecting = (snapshot: Snapshot): Snapshot => Object.freeze({ ...snapshot, status: 'connecting' })
