/**
 * Owns one experiment: a fleet of real clients loses its server, and comes back as its strategy says.
 * Must never help: between the crash and the end, nobody but the engine decides when to dial.
 */

import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { mulberry32 } from '../../test/support/index.ts'
import { FleetClock } from './clock.ts'
import { FleetServer } from './server.ts'

export interface Experiment {
  readonly clients: number
  /** Connections a second that the recovered server accepts. */
  readonly rate: number
  /** How the server is down, and for how many ms. */
  readonly outage: 'refusing' | 'black hole'
  readonly outageMs: number
  /** How long the fleet is watched after recovery, ms. */
  readonly patienceMs: number
  readonly options: Partial<WebSocketReconnectOptions>
  readonly seed: number
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

export function run({ clients: size, rate, outage, outageMs, patienceMs, options, seed }: Experiment): Result {
  const clock = new FleetClock()
  const random = mulberry32(seed)
  const server = new FleetServer(clock, random, rate)
  const attempts = new Uint32Array(size)
  const backAt = new Float64Array(size).fill(Number.NaN)
  const fleet: WebSocketReconnect[] = []
  let crashed = false
  let back = 0
  let dialsWhileOpen = 0

  const WebSocket = server.socketClass((url) => {
    if (!crashed) return
    const id = Number(url.slice(url.lastIndexOf('/') + 1))
    attempts[id] = (attempts[id] as number) + 1
    const { circuitState, halfOpenAt } = (fleet[id] as WebSocketReconnect).getSnapshot()
    // In the very step that half-opens the circuit, the snapshot is the one before.
    if (circuitState === 'OPEN' && (halfOpenAt === null || clock.now() < halfOpenAt)) dialsWhileOpen++
  })
  for (let id = 0; id < size; id++) {
    const url = `ws://fleet.test/${id}`
    const client = new WebSocketReconnect({ ...options, url, WebSocket, clock, random, environment: false })
    client.on('open', () => {
      if (!crashed) return
      if (Number.isNaN(backAt[id])) back++
      backAt[id] = clock.time
    })
    fleet.push(client)
    client.connect()
  }
  clock.runUntil(CALM)

  crashed = true
  server.crash(outage)
  clock.runUntil(CALM + outageMs)
  const recovery = clock.time
  server.state = 'up'
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
