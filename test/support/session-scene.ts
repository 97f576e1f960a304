/**
 * Owns a session server in virtual time, and clients that a test plays by hand over sockets that are two arrays. Frames are
 * the wire's own JSON (docs/SESSION-WIRE.md), so that a test reads like a transcript.
 */

import {
  createSessionServer,
  memoryStore,
  type ServerSocket,
  type SessionServer,
  type SessionServerOptions,
  type SessionStore,
  type Trouble,
} from '../../src/server/index.ts'
import { settle, VirtualClock } from '../../testing/virtual-clock.ts'

/** A frame as it stands on the wire. */
export type Wire = Record<string, unknown>

/** The client's end of a connection. */
export class Peer implements ServerSocket {
  readyState = 1
  bufferedAmount = 0
  /** Whether what is sent stays in `bufferedAmount`. */
  isStalled = false
  closed: { code: number | undefined; reason: string | undefined } | undefined
  isTerminated = false
  readonly texts: unknown[] = []
  readonly #listeners: Record<string, ((event: never) => void)[]> = {}

  /** What the server has said since it was asked last. */
  heard(): Wire[] {
    return this.texts.splice(0).map((text) => JSON.parse(String(text)))
  }

  say(...frames: Wire[]): void {
    for (const frame of frames) this.sayText(JSON.stringify(frame))
  }

  sayText(data: unknown): void {
    if (this.readyState === 1) this.#tell('message', { data })
  }

  /** The line breaks. */
  cut(): void {
    this.readyState = 3
    this.#tell('close', { code: 1006, reason: '' })
  }

  // ---- the server's end

  send(data: never): void {
    this.texts.push(data)
    if (this.isStalled) this.bufferedAmount += String(data).length
  }

  close(code?: number, reason?: string): void {
    this.closed = this.closed ?? { code, reason }
    if (this.readyState !== 1) return
    this.readyState = 3
    this.#tell('close', { code, reason })
  }

  terminate(): void {
    this.isTerminated = true
    this.cut()
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners[type] = [...(this.#listeners[type] ?? []), listener]
  }

  #tell(type: string, event: object): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never)
  }
}

export interface Scene {
  readonly clock: VirtualClock
  readonly store: SessionStore
  readonly sessions: SessionServer<string>
  readonly troubles: Trouble<string>[]
  /** A socket that has said nothing yet. */
  open(user?: string | null): Peer
  /** Says hello and hears the welcome, which is returned beside the peer. */
  enter(user?: string, hello?: Wire): Promise<{ peer: Peer; welcome: Wire }>
}

export type SceneOptions = Partial<SessionServerOptions<string, never>>

export function createScene(options: SceneOptions = {}): Scene {
  const clock = new VirtualClock()
  const store = options.store ?? memoryStore({ epoch: 'e1' })
  const troubles: Trouble<string>[] = []
  const onError = (trouble: Trouble<string>) => void troubles.push(trouble)
  const sessions = createSessionServer<string, never>({ clock, onError, ...options, store })
  const open = (user: string | null = 'ann') => {
    const peer = new Peer()
    sessions.accept(peer, user)
    return peer
  }
  return {
    ...{ clock, store, sessions, troubles, open },
    async enter(user, hello) {
      const peer = open(user)
      peer.say({ t: 'hello', v: 1, c: 'client-1', n: 1, ...hello })
      await settle()
      const [welcome] = peer.heard()
      return { peer, welcome: welcome as Wire }
    },
  }
}

export { settle }
