/**
 * Owns virtual time: a wall clock, a monotonic clock, and timers that fire only when a test moves the time.
 * Must never touch the platform's own timers or dates.
 * The three kinds of time are kept apart because platforms tear them apart: a laptop that slept has a wall clock that
 * jumped, a monotonic clock that stood still or did not, and timers that fire late.
 */

import type { Clock } from '../src/index.ts'

/** A platform keeps timers in 32 signed bits; a longer delay fires at once there, and so it does here. */
const LONGEST_TIMER = 2 ** 31 - 1

/** More firings than this in one `advance` can only be a timer that re-arms itself for the same moment. */
const TOO_MANY = 100_000

/** What `clock.setTimeout` returns: opaque for the client, readable for a test. */
export interface VirtualTimer {
  /** When it fires, in ms since the world began. */
  readonly due: number
  /** Whether it keeps a process alive, as in Node. */
  hasRef: boolean
  /** Lets it keep a process alive. */
  ref(): VirtualTimer
  /** Lets a process end before it fires. */
  unref(): VirtualTimer
}

interface Entry extends VirtualTimer {
  readonly fn: () => void
  /** False for the world's own events (a server's answer): those are not the client's timers. */
  readonly mine: boolean
}

/** How the platform's clocks behave while the machine sleeps. */
export interface SleepOptions {
  /** Whether the monotonic clock stands still during sleep (Linux, macOS; the default) or goes on (Windows). */
  monotonic?: 'stands' | 'advances' | undefined
  /** Whether timers that fell due during the sleep fire on waking, once each (default), or wait out what they had left. */
  timers?: 'fire' | 'wait' | undefined
}

/** A clock that only moves when told to. */
export class VirtualClock implements Clock {
  /** Epoch ms at which the world begins; no round number, so that a confusion of clocks shows. */
  readonly start = 1_709_532_000_000
  /** Whether hooks live by this clock too, and are told everything at once: in a world that is given `act`. */
  drivesViews = false
  /** Most client timers ever armed at one moment. */
  peak = 0
  /** How many client timers were ever armed, and how many were unref'ed. */
  armed = 0
  unrefs = 0
  /** How often the client read a clock. */
  reads = 0
  #wall = this.start
  #monotonic = 5_000
  #time = 0
  #timers: Entry[] = []

  constructor() {
    // Bound, because a clock is often taken apart: const { setTimeout } = clock.
    this.now = this.now.bind(this)
    this.monotonic = this.monotonic.bind(this)
    this.setTimeout = this.setTimeout.bind(this)
    this.clearTimeout = this.clearTimeout.bind(this)
  }

  /** Ms since the world began, sleep included. */
  get elapsed(): number {
    return this.#time
  }

  /** How many timers the client has armed right now. */
  get timers(): number {
    let count = 0
    for (const timer of this.#timers) if (timer.mine) count++
    return count
  }

  now(): number {
    this.reads++
    return this.#wall
  }

  monotonic(): number {
    this.reads++
    return this.#monotonic
  }

  setTimeout(fn: () => void, ms: number): VirtualTimer {
    const timer = this.#arm(fn, ms, true)
    this.armed++
    this.peak = Math.max(this.peak, this.timers)
    return timer
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer)
  }

  /** The time as the world's own parts read it: the client's reads are counted, these are not. */
  get stamp(): number {
    return this.#monotonic
  }

  /** Something the world itself does later, such as a server's answer. It does not count as a client's timer. */
  later(ms: number, fn: () => void): void {
    this.#arm(fn, ms, false)
  }

  /** Moves all clocks by `ms` and fires every timer on its way, in order. */
  advance(ms: number): void {
    const end = this.#time + ms
    for (let fired = 0; ; fired++) {
      const timer = this.#next(end)
      if (!timer) break
      this.#fire(timer, fired)
    }
    this.#move(end - this.#time)
  }

  /** As `advance`, letting promises settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#time + ms
    await settle()
    for (let fired = 0; ; fired++) {
      const timer = this.#next(end)
      if (!timer) break
      this.#fire(timer, fired)
      await settle()
    }
    this.#move(end - this.#time)
  }

  /** The machine sleeps: nothing runs, the wall clock jumps, and what fell due meanwhile fires late, once. */
  sleep(ms: number, { monotonic = 'stands', timers = 'fire' }: SleepOptions = {}): void {
    this.#wall += ms
    if (monotonic === 'advances') this.#monotonic += ms
    if (timers === 'fire') this.#time += ms
    this.advance(0)
  }

  /** The event loop is busy: every clock moves on, and timers that fall due wait for the next `advance`. */
  block(ms: number): void {
    this.#move(ms)
  }

  /** Somebody sets the wall clock, forwards or (with a negative number) backwards. */
  moveWall(ms: number): void {
    this.#wall += ms
  }

  #arm(fn: () => void, ms: number, mine: boolean): Entry {
    const wait = ms > LONGEST_TIMER || !(ms > 0) ? 0 : ms
    const timer: Entry = {
      due: this.#time + wait,
      fn,
      mine,
      hasRef: true,
      ref: () => {
        timer.hasRef = true
        return timer
      },
      unref: () => {
        timer.hasRef = false
        this.unrefs++
        return timer
      },
    }
    this.#timers.push(timer)
    return timer
  }

  /** The earliest timer due by `end`; of two due together, the one armed first. */
  #next(end: number): Entry | undefined {
    let first: Entry | undefined
    for (const timer of this.#timers) if (timer.due <= end && (!first || timer.due < first.due)) first = timer
    return first
  }

  #fire(timer: Entry, fired: number): void {
    if (fired > TOO_MANY) throw new Error(`VirtualClock: ${TOO_MANY} timers fired in one advance: one re-arms itself`)
    this.clearTimeout(timer)
    this.#move(Math.max(0, timer.due - this.#time))
    timer.fn()
  }

  #move(ms: number): void {
    this.#time += ms
    this.#wall += ms
    this.#monotonic += ms
  }
}

/** Lets every promise that can settle do so, without a timer: enough turns for a chain of a dozen `then`s. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 24; turn++) await null
}
