/**
 * Owns what other libraries do by default when a connection is lost, read from the version named, as pure functions of
 * (retry, chance); and the client that dials by such a policy. Their manners (heartbeats, queues) are not modelled.
 * Must never flatter or slander: whatever is not the default of that version is said in its name or its note.
 */

import type { Clock, SocketConstructor } from '../../src/index.ts'

export interface Peer {
  readonly name: string
  /**
   * Ms before the n-th retry (1 for the first); undefined when it gives up. `random` is this retry's draw in [0, 1),
   * `own` one that the client made when it began.
   */
  readonly delay: (n: number, random: number, own: number) => number | undefined
  /** After how many ms a handshake that nobody answers counts as failed. */
  readonly connectTimeout: number
  /** The policy in words. */
  readonly note: string
}

/** What a library without a timeout of its own gets: that of Chromium's handshake. */
const CHROMIUM = 240_000

const growing = (n: number, first: number, factor: number, cap: number): number =>
  Math.min(first * factor ** (n - 1), cap)

export const peers: readonly Peer[] = [
  {
    name: 'socket.io-client 4.8.4',
    // One draw gives size and sign of the deviation, and the cap cuts after it: half of a fleet meets on 5 s sharp.
    delay: (n, random) => {
      const full = 1000 * 2 ** (n - 1)
      const deviation = Math.floor(random * 0.5 * full)
      return Math.floor(Math.min(Math.floor(random * 10) % 2 ? full + deviation : full - deviation, 5000))
    },
    connectTimeout: 20_000,
    note: '1 s doubling to 5 s, ±50 %',
  },
  {
    name: 'react-use-websocket 4.13.0',
    delay: (n) => (n > 20 ? undefined : 5000),
    connectTimeout: CHROMIUM,
    note: '5 s, 20 times; once `shouldReconnect` says true',
  },
  {
    name: 'partysocket 1.3.0',
    delay: (n) => growing(n, 3000, 1.3, 10_000),
    connectTimeout: 4000,
    note: '3 s growing 1.3 × to 10 s, no jitter (up to 1.1.4 as the next row)',
  },
  {
    name: 'reconnecting-websocket 4.4.0',
    delay: (n, _random, own) => growing(n, 1000 + own * 4000, 1.3, 10_000),
    connectTimeout: 4000,
    note: '1–5 s, drawn once per page, growing 1.3 × to 10 s',
  },
  {
    name: '@nktkas/rews 4.1.0',
    delay: (n, random) => {
      const full = growing(n, 150, 2, 10_000)
      return full / 2 + random * (full / 2)
    },
    connectTimeout: 10_000,
    note: '0.15 s doubling to 10 s, the upper half at random',
  },
  {
    name: 'sturdy-websocket 0.2.1',
    delay: (n) => (n === 1 ? 0 : growing(n - 1, 1000, 1.5, 30_000)),
    connectTimeout: 5000,
    note: 'at once, then 1 s growing 1.5 × to 30 s, no jitter',
  },
  {
    name: 'websocket-ts 2.3.0',
    delay: () => 1000,
    connectTimeout: CHROMIUM,
    note: '1 s for ever, as in its README; without a backoff it does not reconnect',
  },
  {
    name: 'ahooks 3.11.0',
    delay: (n) => (n > 3 ? undefined : 3000),
    connectTimeout: CHROMIUM,
    note: '3 s, 3 times, then it gives up',
  },
]

/** What a peer's client lives in. */
export interface Surroundings {
  readonly url: string
  readonly WebSocket: SocketConstructor
  readonly clock: Clock
  readonly random: () => number
}

/** A client that does nothing but dial as its policy says. */
export class PeerClient {
  state: 'CONNECTING' | 'OPEN' | 'CLOSED' | 'FAILED' = 'CLOSED'
  readonly #peer: Peer
  readonly #world: Surroundings
  readonly #onOpen: () => void
  readonly #own: number
  #retries = 0

  constructor(peer: Peer, world: Surroundings, onOpen: () => void) {
    this.#peer = peer
    this.#world = world
    this.#onOpen = onOpen
    this.#own = world.random()
  }

  connect(): void {
    const { url, WebSocket, clock } = this.#world
    this.state = 'CONNECTING'
    const socket = new WebSocket(url)
    let over = false
    const end = () => {
      if (over) return
      over = true
      clock.clearTimeout(deadline)
      this.#retry()
    }
    const deadline = clock.setTimeout(() => {
      socket.close()
      end()
    }, this.#peer.connectTimeout)
    socket.addEventListener('close', end)
    socket.addEventListener('open', () => {
      clock.clearTimeout(deadline)
      this.state = 'OPEN'
      // Some wait for the connection to prove itself first; nobody's is lost early here.
      this.#retries = 0
      this.#onOpen()
    })
  }

  #retry(): void {
    const { clock, random } = this.#world
    const delay = this.#peer.delay(++this.#retries, random(), this.#own)
    this.state = delay === undefined ? 'FAILED' : 'CLOSED'
    if (delay !== undefined) clock.setTimeout(() => this.connect(), delay)
  }
}
