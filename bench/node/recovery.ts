/**
 * Owns what becomes of a fleet whose server goes away, in virtual time, with every library's own defaults: when it is
 * back, how many at once, what was lost on the way, what is left behind; and whether a line that fell silent is noticed.
 * Must never depend on the real clock: the same seed tells the same story.
 */

import { mulberry32 } from '../../testing/random.ts'
import { FakeSocket as Fake, type FakeSocket, installFake, messageEvent } from '../fake-socket.ts'
import { FleetClock } from '../fleet/clock.ts'
import type { CorePeer, CoreSocket } from '../peers/core.ts'

const FLEET = 500
const ROUND_TRIP = 50
const PROVEN = 60_000
const PATIENCE = 300_000
const TALK_EVERY = 500
const HERD = 100

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number | null>> {
  const settle = setImmediate
  const clock = installClock()
  // Once per millisecond, everything that promises have to say.
  const advance = async (ms: number, until = () => false) => {
    for (const end = clock.time + ms; clock.time < end && !until(); ) {
      clock.runUntil(clock.time + 1)
      await new Promise<void>((resolve) => settle(resolve))
    }
  }
  const result: Record<string, number | null> = {}
  let [lost, twice, left] = [0, 0, 0]
  for (const seconds of [1, 10, 60]) {
    const fleet = new Fleet(peer, clock, quick ? 50 : FLEET)
    await advance(PROVEN)
    fleet.crash()
    await advance(seconds * 1000)
    fleet.isUp = true
    const back = clock.time
    await advance(PATIENCE, () => fleet.isBack())
    const times = fleet.openedAt.map((at) => (at < back ? Infinity : at - back)).sort((a, b) => a - b)
    result[`median${seconds}`] = seconds_(times[times.length >> 1])
    result[`last${seconds}`] = seconds_(times[times.length - 1])
    result[`herd${seconds}`] = (100 * biggestHerd(times)) / times.length
    await advance(2000)
    fleet.isTalking = false
    await advance(2000)
    fleet.close()
    await advance(15_000)
    lost += fleet.lost()
    twice += fleet.twice
    left += fleet.sockets.filter(({ readyState }) => readyState < 2).length
  }
  const fleet = new Fleet(peer, clock, 20)
  // Right after a heartbeat has been answered, the worst moment there is.
  await advance(PROVEN + 1000)
  const silentAt = clock.time
  fleet.isSilent = true
  const dials = fleet.sockets.length
  await advance(600_000, () => fleet.sockets.length > dials)
  const isNoticed = fleet.sockets.length > dials
  return { ...result, noticed: isNoticed ? (clock.time - silentAt) / 1000 : null, lost, twice, left }
}

const seconds_ = (ms = Infinity): number | null => (ms === Infinity ? null : ms / 1000)

/** How many came within one 100 ms. */
function biggestHerd(times: readonly number[]): number {
  let most = 0
  for (let last = 0, first = 0; last < times.length; last++) {
    while ((times[last] as number) - (times[first] as number) > HERD) first++
    if (times[last] !== Infinity) most = Math.max(most, last - first + 1)
  }
  return most
}

class Fleet {
  isUp = true
  isSilent = false
  isTalking = true
  twice = 0
  readonly sockets: FakeSocket[] = []
  /** When each client was open last. */
  readonly openedAt: number[] = []
  readonly #clients: CoreSocket[] = []
  readonly #said = new Set<string>()
  readonly #arrived = new Set<string>()
  readonly #clock: FleetClock
  #crashedAt = Infinity

  constructor(peer: CorePeer, clock: FleetClock, size: number) {
    this.#clock = clock
    Fake.onDial = (socket) => this.#admit(socket)
    for (let id = 0; id < size; id++) {
      const client = peer.connect(`ws://example.test/${id}`)
      peer.listen(client, 'open', () => (this.openedAt[id] = clock.time))
      this.#clients.push(client)
      this.#talk(client, id, 0)
    }
  }

  crash(): void {
    this.isUp = false
    this.#crashedAt = this.#clock.time
    for (const socket of this.sockets) if (socket.readyState === 1) socket.end()
  }

  isBack(): boolean {
    return this.openedAt.every((at) => at > this.#crashedAt)
  }

  lost(): number {
    return this.#said.size - this.#arrived.size
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }

  #admit(socket: FakeSocket): void {
    this.sockets.push(socket)
    if (this.isSilent) return
    socket.onSend = (data) => this.#hear(socket, String(data))
    this.#clock.setTimeout(() => {
      if (this.isUp) socket.accept()
      else socket.end()
    }, ROUND_TRIP)
  }

  #hear(socket: FakeSocket, text: string): void {
    if (this.isSilent) return
    if (text === '{"type":"ping"}') {
      const pong = messageEvent('{"type":"pong"}')
      this.#clock.setTimeout(() => socket.readyState === 1 && !this.isSilent && socket.receive(pong), ROUND_TRIP)
    } else if (this.#arrived.has(text)) this.twice++
    else this.#arrived.add(text)
  }

  #talk(client: CoreSocket, id: number, count: number): void {
    if (!this.isTalking) return
    const text = `${id}:${count}`
    this.#said.add(text)
    try {
      client.send(text)
    } catch {}
    this.#clock.setTimeout(() => this.#talk(client, id, count + 1), TALK_EVERY)
  }
}

function installClock(): FleetClock {
  installFake()
  const clock = new FleetClock()
  Object.assign(globalThis, {
    setTimeout: clock.setTimeout,
    clearTimeout: (timer: unknown) => timer && clock.clearTimeout(timer),
  })
  Object.assign(globalThis, { setInterval: undefined })
  Math.random = mulberry32(1)
  Date.now = clock.now
  performance.now = clock.monotonic
  return clock
}
