/**
 * Owns breaking one client's line and mending it: which faults are in force, and what they do to what passes. Everything
 * ends with `heal()`, or with the page. Must never touch another client, nor a production build.
 */

import type { SocketLike } from '../../src/index.ts'
import type { Interception, Interceptor } from '../../src/runtime/interceptor.ts'
import { insideOf, type ObservedClient } from '../registry.ts'
import { BrokenSocket, type Line } from './broken-socket.ts'
import { type Fault, type FaultInForce, type FaultName, readFault, shortened } from './fault.ts'
import { Lane, pageClock } from './lane.ts'

const breakers = /* @__PURE__ */ new WeakMap<object, Breaker>()

/** The breaker of this client; undefined where the client lets nobody in. */
export function breakerOf(client: ObservedClient): Breaker | undefined {
  let breaker = breakers.get(client)
  if (!breaker && insideOf(client)) breakers.set(client, (breaker = new Breaker(client)))
  return breaker
}

export class Breaker implements Interceptor, Line {
  readonly #faults = new Map<FaultName, FaultInForce>()
  readonly #counts = { in: 0, out: 0 }
  readonly #inbound: Lane
  readonly #outbound: Lane
  readonly #later: (fn: () => void) => void
  /** What a silent socket, or a handshake that hangs, has said meanwhile. */
  #held: (() => void)[] = []
  /** Attempts that nobody answers, and how to make them real. */
  #hanging: { readonly socket: BrokenSocket; readonly make: () => SocketLike }[] = []
  #refusals = 0
  readonly #client: WeakRef<ObservedClient>
  #interception: Interception | undefined

  constructor(client: ObservedClient) {
    const clock = client.options.clock || pageClock
    this.#client = new WeakRef(client)
    this.#inbound = new Lane(clock)
    this.#outbound = new Lane(clock)
    this.#later = (fn) => void clock.setTimeout(fn, 0)
  }

  /** What is broken now. */
  get active(): Fault[] {
    return [...this.#faults.values()].map((fault) =>
      shortened(fault.fault === 'refuse' ? { ...fault, times: this.#refusals } : fault),
    )
  }

  /** Breaks something; throws a TypeError for what it does not know. */
  break(given: unknown): void {
    const fault = readFault(given)
    const line = this.#enter()
    if (!line) return
    switch (fault.fault) {
      case 'drop':
        return line.end({ code: 1006, reason: '', wasClean: false })
      case 'close':
        return line.end({ code: fault.code, reason: fault.reason, wasClean: fault.code !== 1006 })
      case 'garbage':
        return line.receive(messageOf(fault.data))
      case 'wake':
        return line.signal('wake')
    }
    this.#faults.set(fault.fault, fault)
    if (fault.fault === 'refuse') this.#refusals = fault.times
    if (fault.fault === 'offline' || fault.fault === 'freeze') line.signal(fault.fault)
  }

  /** Ends this fault, or all of them: what was held passes, who waited for an answer gets it. */
  heal(name?: FaultName): void {
    const { active } = this
    if (name) this.#faults.delete(name)
    else this.#faults.clear()
    if (!this.#isHanging) {
      for (const { socket, make } of this.#hanging.splice(0)) if (socket.readyState === 0) this.#answer(socket, make)
      for (const pass of this.#held.splice(0)) pass()
    }
    if (!this.#faults.has('latency')) {
      this.#inbound.flush()
      this.#outbound.flush()
    }
    const ended = active.map(({ fault }) => fault).filter((fault) => !this.#faults.has(fault))
    if (ended.includes('offline')) this.#enter()?.signal('online')
    if (ended.includes('freeze')) this.#enter()?.signal('wake')
  }

  // ── the line ───────────────────────────────────────────────────────────────────────────────────────────────────

  dial(make: () => SocketLike): SocketLike {
    if (this.#faults.has('refuse')) {
      if (--this.#refusals < 1) this.#faults.delete('refuse')
      const socket = new BrokenSocket(this)
      this.#later(() => socket.fail())
      return socket
    }
    if (!this.#isHanging) return this.wrap(make())
    const socket = new BrokenSocket(this)
    this.#hanging = [...this.#hanging.filter((each) => each.socket.readyState === 0), { socket, make }]
    return socket
  }

  wrap(socket: SocketLike): SocketLike {
    return new BrokenSocket(this, socket)
  }

  inbound(type: 'opened' | 'message' | 'closed', pass: () => void): void {
    const isSilent = this.#isSilent('in')
    if (type === 'message') {
      if (!isSilent && !this.#isLost('in')) this.#inbound.push(this.#delay, pass)
    } else if (isSilent || (type === 'opened' && this.#faults.has('hang'))) this.#held.push(pass)
    else this.#inbound.push(this.#delay, pass)
  }

  send(pass: () => void): void {
    if (!this.#isSilent('out') && !this.#isLost('out')) this.#outbound.push(this.#delay, pass)
  }

  /** Never lost, or the server would keep a connection that nobody has. */
  close(pass: () => void): void {
    this.#outbound.push(this.#delay, pass)
  }

  // ── what is broken ─────────────────────────────────────────────────────────────────────────────────────────────

  #enter(): Interception | undefined {
    const client = this.#client.deref()
    if (!this.#interception && client) this.#interception = insideOf(client)?.intercept(this)
    return this.#interception
  }

  #answer(socket: BrokenSocket, make: () => SocketLike): void {
    try {
      socket.attach(make())
    } catch {
      socket.fail()
    }
  }

  get #isHanging(): boolean {
    return this.#faults.has('hang') || this.#faults.has('silence')
  }

  #isSilent(way: 'in' | 'out'): boolean {
    const direction = this.#faults.get('silence')?.direction
    return direction === 'both' || direction === way
  }

  #isLost(way: 'in' | 'out'): boolean {
    const lose = this.#faults.get('lose')
    if (!lose || (lose.direction !== 'both' && lose.direction !== way)) return false
    return ++this.#counts[way] % lose.every === 0
  }

  get #delay(): number {
    const latency = this.#faults.get('latency')
    return latency ? Math.max(0, latency.ms + (2 * Math.random() - 1) * latency.jitter) : 0
  }
}

const messageOf = (data: string): MessageEvent =>
  typeof MessageEvent === 'function'
    ? new MessageEvent('message', { data })
    : ({ type: 'message', data } as MessageEvent)
