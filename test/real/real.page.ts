/**
 * Owns one tab of the proof: a session on the profile's own IndexedDB, and how it writes. Bundled and opened by stage.ts.
 * Must never resend, number or order anything itself.
 */

import { Session } from '../../src/session/index.ts'

/** What became of one message, as the tab that wrote it was told. */
export interface Told {
  readonly index: number
  readonly n: number
  readonly isUncertain: boolean
  readonly error?: string
}

export interface Tab {
  open(name: string, ports: readonly number[], first: number): Promise<boolean>
  write(tab: number, count: number, inHand: number): Promise<Told[]>
}

let session: Session
const report = (globalThis as never as { report: (what: object) => void }).report

const tab: Tab = {
  async open(name, ports, first) {
    let dials = first
    session = new Session({
      // Another server each time.
      url: () => `ws://127.0.0.1:${ports[dials++ % ports.length]}/`,
      outbox: { name },
      ...{ baseDelay: 20, maxDelay: 200, maxRetries: Infinity, circuitBreaker: false, minUptime: 0 },
    })
    await session.connect().catch(() => {})
    // Whether it will outlive the page is known once the database is open.
    await session.outbox.retry(0)
    return session.outbox.isDurable
  },
  async write(tab, count, inHand) {
    const told: Told[] = []
    const waiting = new Set<Promise<void>>()
    for (let index = 0; index < count; index++) {
      const delivery = session.send({ tab, index })
      const note = (error?: unknown) => {
        const { n, isUncertain } = delivery
        told.push({ index, n, isUncertain, ...(error ? { error: String(error) } : {}) })
        report({ tab, index })
      }
      const over: Promise<void> = delivery.acked.then(() => note(), note).then(() => void waiting.delete(over))
      waiting.add(over)
      if (waiting.size >= inHand) await Promise.race(waiting)
    }
    await Promise.all(waiting)
    return told
  },
}
Object.assign(globalThis, { tab })
