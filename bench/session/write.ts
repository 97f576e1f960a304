/** Owns how a session's pace is taken, in Node and in a page alike: so many messages, a part of them in the outbox at a time. */

import { Session, type SessionOptions } from '../../src/session/index.ts'

/** Messages in the outbox, so that the window is always full. */
const IN_HAND = 512
export const MESSAGE = { text: 'x'.repeat(100) }

/** Ms from the first `send` until the last is acknowledged. */
async function write(session: Session, count: number): Promise<number> {
  const start = performance.now()
  let left = count
  const writer = async () => {
    while (left-- > 0) await session.send(MESSAGE).acked
  }
  await Promise.all(Array.from({ length: IN_HAND }, writer))
  return performance.now() - start
}

/** Acknowledged sends per second. */
export async function paceOf(options: SessionOptions, count: number): Promise<number> {
  const session = new Session({ window: 32, ...options })
  await session.connect()
  await write(session, Math.ceil(count / 5))
  const took = await write(session, count)
  await session.close()
  return (count / took) * 1000
}
