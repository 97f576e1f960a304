/**
 * Owns one experiment: a fleet of real clients loses its server, and comes back as its strategy says.
 * Must never help: between the crash and the end, nobody but the engine (or the peer's policy) decides when to dial.
 */

import { WebSocketReconnect, type WorldNews } from '../../src/index.ts'
import { mulberry32 } from '../../testing/index.ts'
import { FleetClock } from './clock.ts'
import { PeerClient } from './peers.ts'
import { FleetServer } from './server.ts'
import type { Strategy } from './strategies.ts'

export interface Experiment {
  readonly clients: number
  /** Connections a second that the recovered server accepts; Infinity for everybody. */
  readonly rate: number
  /** How the server is down, and for how many ms. */
  readonly outage: 'refusing' | 'black hole'
  readonly outageMs: number
  /** How long the fleet is watched after recovery, ms. */
  readonly patienceMs: number
  readonly strategy: Strategy
  readonly seed: number
  /** Hears of every dial after the crash, in ms since then. */
  readonly onDial?: (at: number) => void
}

export interface Result {
  /** Seconds after recovery until this share was back; undefined if it never was. */
  readonly t50: number | undefined
  readonly t99: number | undefined
  readonly t100: number | undefined
  /** The share that was back at the end, 0–1. */
  readonly back: number
  /** Clients that had given up (FAILED) by the end. */
  readonly failed: number
  /** Dials per client from the crash to the return. */
  readonly meanAttempts: number
  readonly maxAttempts: number
  /** Dials that started while the client's circuit was open. */
  readonly dialsWhileOpen: number
  /** The busiest second after the crash, in dials. */
  readonly peak: number
  /** Dials in each second, from the crash on. */
  readonly arrivals: number[]
}

/** Long enough for every connection to be proven before the crash. */
const CALM = 20_000

export function run({ clients: size, rate, outage, outageMs, patienceMs, strategy, seed, onDial }: Experiment): Result {
  const { peer, options, signal } = strategy
  const clock = new FleetClock()
  const random = mulberry32(seed)
  const server = new FleetServer(clock, random, rate)
  const attempts = new Uint32Array(size)
  const backAt = new Float64Array(size).fill(Number.NaN)
  const fleet: (WebSocketReconnect | PeerClient)[] = []
  const tell: ((news: WorldNews) => void)[] = []
  let crashed = false
  let back = 0
  let dialsWhileOpen = 0

  const WebSocket = server.socketClass((url) => {
    if (!crashed) return
    onDial?.(clock.time - CALM)
    const id = Number(url.slice(url.lastIndexOf('/') + 1))
    attempts[id] = (attempts[id] as number) + 1
    const client = fleet[id]
    if (client instanceof PeerClient) return
    const { circuitState, halfOpenAt } = (client as WebSocketReconnect).getSnapshot()
    // In the very step that half-opens the circuit, the snapshot is the one before.
    if (circuitState === 'OPEN' && (halfOpenAt === null || clock.now() < halfOpenAt)) dialsWhileOpen++
  })
  const environment = (notify: (news: WorldNews) => void) => {
    tell.push(notify)
    return () => undefined
  }
  for (let id = 0; id < size; id++) {
    const world = { url: `ws://fleet.test/${id}`, WebSocket, clock, random }
    const onOpen = () => {
      if (!crashed) return
      if (Number.isNaN(backAt[id])) back++
      backAt[id] = clock.time
    }
    if (peer) fleet.push(new PeerClient(peer, world, onOpen))
    else {
      const client = new WebSocketReconnect({ ...options, ...world, environment: signal ? environment : false })
      client.on('open', onOpen)
      fleet.push(client)
    }
    fleet[id]?.connect()
  }
  clock.runUntil(CALM)

  crashed = true
  server.crash(outage)
  clock.runUntil(CALM + outageMs)
  const recovery = clock.time
  server.state = rate === Infinity ? 'generous' : 'up'
  if (signal) for (const notify of tell) notify(signal)
  const end = recovery + patienceMs
  while (clock.time < end && back < size) clock.runUntil(Math.min(end, clock.time + 1000))

  const times = backAt.filter((at) => !Number.isNaN(at)).sort()
  const when = (share: number) => {
    const at = times[Math.ceil(share * size) - 1]
    return at === undefined ? undefined : (at - recovery) / 1000
  }
  const arrivals = Array.from(server.arrivals.slice(CALM / 1000), (count = 0) => count)
  return {
    t50: when(0.5),
    t99: when(0.99),
    t100: when(1),
    back: times.length / size,
    failed: fleet.filter(({ state }) => state === 'FAILED').length,
    meanAttempts: attempts.reduce((sum, count) => sum + count, 0) / size,
    maxAttempts: attempts.reduce((most, count) => Math.max(most, count), 0),
    dialsWhileOpen,
    peak: arrivals.reduce((most, count) => Math.max(most, count), 0),
    arrivals,
  }
}
