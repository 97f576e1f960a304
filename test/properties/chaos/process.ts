/**
 * Owns the server's process in a chaos run: the real session server over a store that outlives it, and the ways it dies: at once, after
 * a commit and before its ack, in the middle of telling the followers. Must never let a dead process touch the store.
 */

import { createSessionServer, Refusal, type SessionServer, type SessionStore, Wait } from '../../../src/server/index.ts'
import type { Framing } from '../../../src/session/index.ts'
import type { Network, Wire } from './network.ts'
import type { Time } from './time.ts'

export interface Settings {
  readonly time: Time
  readonly network: Network
  readonly random: () => number
  readonly framing: Framing | undefined
  /** A message is done, for the first time or another. */
  readonly onDone: (n: number, id: number) => void
  readonly isRefused: (id: number) => boolean
}

export class Process {
  readonly #settings: Settings
  #isDead = false
  /** Dies after so many more steps of its store are done and none of them is answered. */
  killAtCommit = false
  /** Dies when it has sent so many more frames. */
  killAtFrame = Infinity
  /** Commits fail. */
  isBroken = false
  readonly sessions: SessionServer<string>

  constructor(settings: Settings, store: SessionStore) {
    this.#settings = settings
    const { time, network, random, framing, onDone, isRefused } = settings
    this.sessions = createSessionServer<string, { id: number }>({
      store: this.#mortal(store),
      clock: {
        now: () => time.now,
        setTimeout: (fn, ms) => time.later(ms, () => this.#isDead || fn()),
        clearTimeout: (timer) => void (timer && ((timer as { fn: unknown }).fn = undefined)),
      },
      framing,
      onError: () => {},
      limits: { history: { events: 1_000_000, bytes: 1e9, age: 1e12 } },
      onSend({ data: { id }, n }) {
        const verdict = () => {
          if (isRefused(id)) throw new Refusal(`refused ${id}`)
          if (random() < 0.002) throw new Wait(20 + random() * 100)
          return { publish: [{ topic: 'log', data: { n, id } }], write: () => onDone(n, id) }
        }
        if (random() < 0.9) return verdict()
        return new Promise<void>((resolve) => time.later(random() * 30, resolve)).then(verdict)
      },
    })
    network.accept = (wire) => {
      const { send } = wire.server
      wire.server.send = (data: never) => {
        if (this.killAtFrame-- <= 0) this.kill()
        else send.call(wire.server, data)
      }
      this.sessions.accept(wire.server, wire.user)
    }
  }

  kill(): void {
    if (this.#isDead) return
    const { network, time, random } = this.#settings
    this.#isDead = true
    network.accept = undefined
    for (const wire of network.wires as Wire[]) time.later(random() * 5, () => wire.orphan())
    for (const wire of network.wires as Wire[]) {
      wire.server.readyState = 3
      wire.server.listeners = {}
    }
  }

  get isDead() {
    return this.#isDead
  }

  /** The store as this process has it: each step takes time, and its answer may find nobody. */
  #mortal(store: SessionStore): SessionStore {
    const { time, random } = this.#settings
    let jobs: (() => void)[] = []
    let isWorking = false
    const soon = <T>(apply: () => Promise<T>, isCommit = false) =>
      new Promise<T>((resolve, reject) => {
        jobs.push(() => {
          if (this.#isDead) return
          if (isCommit && this.isBroken) return reject(new Error('disk failure'))
          const result = apply()
          if (isCommit && this.killAtCommit) return this.kill()
          result.then(
            (value) => this.#isDead || resolve(value),
            (error) => this.#isDead || reject(error),
          )
        })
        if (isWorking) return
        isWorking = true
        time.later(0.2 + random() * 2, () => {
          isWorking = false
          const now = jobs
          jobs = []
          for (const job of now) job()
        })
      })
    return {
      epoch: store.epoch,
      keep: (retention, now) => store.keep?.(retention, now),
      last: (key) => soon(() => store.last(key)),
      commit: (commit) => soon(() => store.commit(commit), true),
      raise: (key, n) => soon(() => store.raise(key, n)),
      refusals: (key) => soon(() => store.refusals(key)),
      confirm: (key, n) => soon(() => store.confirm(key, n)),
      append: (topic, data) => soon(() => store.append(topic, data)),
      position: (topic) => soon(() => store.position(topic)),
      since: (topic, at, limit) => soon(() => store.since(topic, at, limit)),
      watch: (topic, listener) => store.watch(topic, (event) => this.#isDead || listener(event)),
    }
  }
}
