/**
 * Owns watching the world for a client that wants a connection: its news, sleep that nobody told of, and since when
 * nobody sees the page (R15, R20). Must never act on news: it hands them on.
 */
import type { Clock, Environment, EnvironmentSignal } from '../options/world.ts'

import { browserEnvironment, nothing } from './platform.ts'

/** Whom the news are for. */
export interface EnvironmentOwner {
  readonly clock: Clock
  readonly errors: { isolate(call: () => void): void }
  now(): number
  deliver(event: { readonly type: Exclude<EnvironmentSignal, 'hidden'> | 'suspend' }): void
  arm(): void
}

/** A wall clock this far ahead of the monotonic one (ms) means that the machine has slept (R15). */
const SLEPT = 5000

export class EnvironmentWatcher {
  readonly #owner: EnvironmentOwner
  #stop: (() => void) | undefined
  #wallClockOffset = 0
  /** Since when nobody has seen the page, monotonic ms. */
  hiddenSince = Infinity

  constructor(owner: EnvironmentOwner) {
    this.#owner = owner
  }

  /** Begins or ends watching, if it is not so already. */
  watch(isWanted: boolean, environment: Environment | false = browserEnvironment): void {
    const stop = this.#stop
    if (isWanted === !!stop) return
    this.#stop = undefined
    if (stop) return this.#owner.errors.isolate(stop)
    this.#readOffset()
    this.hiddenSince = Infinity
    this.#stop = nothing
    if (environment) {
      this.#owner.errors.isolate(() => {
        this.#stop = environment((signal) => this.#onSignal(signal)) || this.#stop
      })
    }
  }

  #onSignal(signal: EnvironmentSignal): void {
    if (!this.#stop) return
    // What is hidden already stays hidden since then; whether it has been for too long is the timer's to say.
    if (signal === 'hidden') {
      if (this.hiddenSince === Infinity) this.hiddenSince = this.#owner.now()
      return this.#owner.arm()
    }
    if (signal === 'wake') {
      this.hiddenSince = Infinity
      // This wake is known: the clocks' gap must not tell of it a second time.
      this.#readOffset()
    }
    this.#owner.deliver({ type: signal })
  }

  /** Whether the machine has slept since the clocks were last compared. */
  hasSlept(): boolean {
    const before = this.#wallClockOffset
    return this.#readOffset() - before > SLEPT
  }

  /** Says so where the page has been hidden for this long, once. */
  suspendIfHidden(hiddenTimeout: number, now: number): void {
    if (this.hiddenSince + hiddenTimeout > now) return
    this.hiddenSince = Infinity
    this.#owner.deliver({ type: 'suspend' })
  }

  #readOffset(): number {
    return (this.#wallClockOffset = this.#owner.clock.now() - this.#owner.now())
  }
}
