/** The page of the outbox tests: a session, and nothing around it. It only does what it is told. */

import { Session } from '../../../src/session/index.ts'

const lab = {
  session: undefined as unknown as Session<number>,
  /** A session whose outbox bears this name; without an address it never connects. */
  open(name: string, url = 'ws://127.0.0.1:9/') {
    const session = new Session<number>({ url, outbox: { name }, baseDelay: 20, maxDelay: 200, maxRetries: Infinity })
    session.ws.on('error', () => {})
    lab.session = session
    if (!url.endsWith(':9/')) session.connect().catch(() => {})
  },
  async store(from: number, to: number) {
    for (let i = from; i <= to; i++) await lab.session.send(i).stored
  },
  /** Resolves once it is so. */
  until(fits: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!fits()) return
        stop()
        resolve()
      }
      const stop = lab.session.outbox.subscribe(look)
      look()
    })
  },
  entries: () => lab.session.outbox.entries().map(({ data }) => data),
}
export type Lab = typeof lab
Object.assign(globalThis, { lab })
