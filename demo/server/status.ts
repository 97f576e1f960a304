/** Owns the shape of what the server knows of itself, for its side door and for tests. Types only. */

import type { Person } from '../protocol.ts'

/** What the server itself says about a connection, for whoever wants to compare. */
export interface ConnectionStatus {
  nick: string
  room: string
  openedAt: number
  heardAt: number
  pings: number
  pongs: number
}

export interface ChatStatus {
  connections: ConnectionStatus[]
  /** `last`: the number of the latest message. */
  rooms: { name: string; last: number; people: Person[] }[]
  pongDelay: number
}

export type AttemptOutcome = 'accepted' | 'refused' | 'down' | 'foreign' | 'full'

/** The switches, each with the moment at which it goes back by itself (epoch ms), or null while it is off. */
export interface Switches {
  /** Server's clock, so that a page can tell how long is left whatever its own clock says. */
  now: number
  restarting: number | null
  silent: number | null
  refusing: number | null
}

/** What the server knows of itself. */
export interface DemoServerStatus extends ChatStatus {
  switches: Switches
  up: boolean
  /** Which generation of the chat server this is, 1 for the first in this process. */
  generation: number
  pid: number
  /** Where messages are kept. */
  store: 'sqlite' | 'redis'
  /** The latest upgrade requests, oldest first. */
  attempts: { at: number; outcome: AttemptOutcome }[]
}
