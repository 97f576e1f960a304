/**
 * Owns what is broken, and for whom: everything goes back by itself. Must never hold more than a few faults at once.
 */

import type { Fault, FaultInForce, FaultName, Slowness } from './status.ts'
import { TimedSwitch } from './timed-switch.ts'

/** For everybody. */
export const everybody = 'all'

const most = 64

export class Breakage {
  readonly #limit: number
  readonly #turned: (fault: Fault, on: boolean) => void
  readonly #faults = new Map<string, { fault: Fault; timer: TimedSwitch }>()

  /** After `limit` ms a fault ends; `turned` hears of every change. */
  constructor(limit: number, turned: (fault: Fault, on: boolean) => void) {
    this.#limit = limit
    this.#turned = turned
  }

  get list(): FaultInForce[] {
    return [...this.#faults.values()].map(({ fault, timer }) => ({ ...fault, until: timer.until ?? 0 }))
  }

  /** Whether it holds for this page. */
  has(name: FaultName, id: string): boolean {
    return this.#faults.has(`${name} ${everybody}`) || this.#faults.has(`${name} ${id}`)
  }

  /** Begins it, or begins it anew with other figures, or ends it; false if too much is broken already. */
  set(fault: Fault, on: boolean): boolean {
    const key = `${fault.fault} ${fault.target}`
    const known = this.#faults.get(key)
    if (!on) known?.timer.set(false)
    else if (known) {
      known.fault = fault
      known.timer.set(true)
    } else {
      if (this.#faults.size >= most) return false
      const begun = { fault, timer: new TimedSwitch(this.#limit, (isOn) => this.#turn(key, isOn)) }
      this.#faults.set(key, begun)
      begun.timer.set(true)
    }
    return true
  }

  clear(): void {
    for (const { timer } of [...this.#faults.values()]) timer.set(false)
  }

  #turn(key: string, on: boolean): void {
    const fault = this.#faults.get(key)?.fault
    if (!on) this.#faults.delete(key)
    if (fault) this.#turned(fault, on)
  }
}

export const slownessOf = ({ latency = 0, jitter = 0 }: Fault): Slowness => ({ latency, jitter })
