/**
 * Connects and closes a thousand times, with one client and with a new one each time, and reports what is left of it:
 * sockets and timers of the process, listeners on the world, clients that cannot be collected, and the heap.
 */

import { WebSocket as Ws } from 'ws'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'

const [, , kind, url = '', many = '1000'] = process.argv
const Base = (kind === 'ws' ? Ws : (globalThis as { WebSocket?: unknown }).WebSocket) as typeof Ws
const gc = (globalThis as { gc?: () => void }).gc as () => void
const turn = () => new Promise((resolve) => setImmediate(resolve))

const sockets: WeakRef<object>[] = []
class WebSocket extends Base {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols)
    sockets.push(new WeakRef(this))
  }
}

let watchers = 0
const options: WebSocketReconnectOptions = {
  url,
  WebSocket,
  environment: () => {
    watchers++
    return () => {
      watchers--
    }
  },
}

async function cycle(client: WebSocketReconnect): Promise<void> {
  await client.connect()
  const answered = new Promise<void>((resolve) => client.once('message', () => resolve()))
  client.send('{"type":"ping"}')
  await answered
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.close()
  await closed
}

const clients: WeakRef<object>[] = []
async function fresh(): Promise<void> {
  const client = new WebSocketReconnect(options)
  await cycle(client)
  clients.push(new WeakRef(client))
}

const resources = () => {
  const count: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) count[name] = (count[name] ?? 0) + 1
  return { sockets: count.TCPSocketWrap ?? 0, timers: count.Timeout ?? 0 }
}

async function swept(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await turn()
    gc()
  }
  return process.memoryUsage().heapUsed
}

const faithful = new WebSocketReconnect(options)
let events = 0
faithful.on('open', () => events++)

async function cycles(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await cycle(faithful)
    await fresh()
  }
}

async function main(): Promise<void> {
  // Code gets compiled and caches fill while it warms up; that is no residue.
  await cycles(100)
  clients.length = 0
  sockets.length = 0
  const heapBefore = await swept()
  const before = resources()
  await cycles(Number(many) / 2)
  const heapAfter = await swept()
  process.send?.({
    about: 'residue',
    before,
    after: resources(),
    watchers,
    events,
    clients: clients.length,
    sockets: sockets.length,
    clientsLeft: clients.filter((ref) => ref.deref()).length,
    socketsLeft: sockets.filter((ref) => ref.deref()).length,
    heapGrowth: heapAfter - heapBefore,
    state: faithful.state,
  })
  process.disconnect()
}

main()
