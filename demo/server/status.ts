/** Owns the shape of what the server knows of itself, for its side door and for tests. Types only. */

import type { Person } from '../protocol.ts'

/** What lasts until somebody mends it, or it goes back by itself. */
export type FaultName = 'silence' | 'refuse' | 'hang' | 'flap' | 'slow'

/** A slow network, ms: every frame takes so long, more or less so much. */
export interface Slowness {
  latency: number
  jitter: number
}

/** Something to break: for everybody, or for the connections of one page. */
export interface Fault extends Partial<Slowness> {
  fault: FaultName
  /** `all`, or the id of a page. */
  target: string
}

export interface FaultInForce extends Fault {
  /** When it goes back by itself, epoch ms. */
  until: number
}

/** What the server itself says about a connection, for whoever wants to compare. */
export interface ConnectionStatus {
  /** Of the page, which keeps it over all its connections; else a number that the server gave. */
  id: string
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

/** `hung`: nobody has answered it. `dropped`: accepted, to be let go at its first word. */
export type AttemptOutcome = 'accepted' | 'refused' | 'down' | 'foreign' | 'full' | 'hung' | 'dropped'

/** What is broken just now. */
export interface Switches {
  /** Server's clock, so that a page can tell how long is left whatever its own clock says. */
  now: number
  /** When the chat server is back, epoch ms; null while it is there. */
  restarting: number | null
  broken: FaultInForce[]
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
  /** The latest upgrade requests for the chat, oldest first. */
  attempts: { at: number; outcome: AttemptOutcome }[]
  /** Connections of fleets: now, and ever. */
  fleet: { open: number; accepted: number }
}
