/** A process that writes to a server as one of the contenders would: `KIND`, `URL`, `COUNT`. Answers with sends per second. */

import { WebSocket } from 'ws'
import { memoryOutbox } from '../../src/session/index.ts'
import { connect } from '../peers/socket-io.ts'
import { MESSAGE, paceOf } from './write.ts'

const { KIND = '', URL = '' } = process.env
const count = Number(process.env.COUNT)

/** So many `emit` at a time; socket.io keeps the rest apart by itself. */
async function emit(atOnce: number, options: object): Promise<number> {
  const socket = connect(URL, { transports: ['websocket'], ...options })
  await new Promise<void>((resolve) => socket.on('connect', resolve))
  const round = async (count: number) => {
    let left = count
    const start = performance.now()
    const one = async () => {
      while (left-- > 0) await socket.emitWithAck('send', MESSAGE)
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    return performance.now() - start
  }
  await round(Math.ceil(count / 5))
  const took = await round(count)
  socket.close()
  return (count / took) * 1000
}

const kinds: Record<string, () => Promise<number>> = {
  session: () =>
    paceOf({ url: URL, WebSocket: WebSocket as never, outbox: { name: 'bench', store: memoryOutbox() } }, count),
  retries: () => emit(32, { retries: 10, ackTimeout: 10_000 }),
  emitWithAck: () => emit(32, {}),
  'emitWithAck in turn': () => emit(1, {}),
}

process.send?.(await kinds[KIND]?.())
process.disconnect()
