/**
 * Owns which rooms there are: those that anything was ever written in. They stand in a stream of their own, so that every
 * server that shares the store knows them, and a new one reads them. Must never let them grow without bound.
 */

import type { Publication, SessionStore } from '../../src/server/index.ts'

const topic = 'rooms'

export class Rooms {
  readonly names = new Set<string>()
  /** Those whose first message is being kept just now, or could not be. */
  readonly #claimed = new Set<string>()
  readonly #limit: number
  #stop = () => {}

  private constructor(limit: number) {
    this.#limit = limit
  }

  static async open(store: SessionStore, limit: number): Promise<Rooms> {
    const rooms = new Rooms(limit)
    rooms.#stop = store.watch(topic, ({ data }) => void rooms.names.add(String(data)))
    const { epoch } = await store.position(topic)
    const known = await store.since(topic, { epoch, offset: 0 }, limit * 2)
    for (const { data } of known ?? []) rooms.names.add(String(data))
    return rooms
  }

  /** What is expected of a room that would be one too many, beside those that somebody merely sits in; or null. */
  fault(room: string, occupied: readonly string[] = []): string | null {
    const all = new Set([...this.names, ...this.#claimed, ...occupied])
    return all.has(room) || all.size < this.#limit ? null : `one of the ${all.size} rooms there are; more are not kept`
  }

  /** What the first message of a room publishes beside itself. */
  news(room: string): Publication[] {
    if (this.names.has(room)) return []
    this.#claimed.add(room)
    return [{ topic, data: room }]
  }

  close(): void {
    this.#stop()
  }
}
