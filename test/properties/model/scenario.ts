/**
 * Owns the language of the model: a client's run as plain JSON, so that a failure can be printed, kept and replayed.
 * A function that a user would pass is named by its mode; run.ts makes it. Must never hold anything JSON cannot say,
 * except Infinity, which `write` and `read` carry as a word.
 */

import type { ClientEvents, WebSocketReconnectOptions } from '../../../src/index.ts'

/** How the functions behave that the user passed. */
export type CallbackMode = 'fine' | 'throws' | 'odd'

/** How the server, or whatever stands in for it, treats the next connections. */
export type ServerMode =
  | 'accepts'
  | 'answers pings'
  | 'slow'
  | 'refuses'
  | 'hangs'
  | 'throws'
  | 'syntax error'
  | 'flaps'
  | 'greets and drops'

/** What a url provider does when it is asked; a synchronous one answers at once whatever its mode. */
export type ProviderMode = 'fine' | 'throws' | 'rejects' | 'hangs' | 'garbage' | 'slow' | 'answers null'

/** Whether these functions are given; they follow the mode of the moment. */
interface Functions {
  shouldReconnect?: boolean
  retryDelay?: boolean
  isPong?: boolean
  heartbeatMessage?: boolean
}

/** What JSON can say of the options. */
type Limits = Functions & Omit<WebSocketReconnectOptions, 'url' | 'protocols' | 'environment' | keyof Functions>

/** What the client is made with. */
export interface Options extends Limits {
  url: 'string' | 'provider' | 'async'
  protocols?: 'string' | 'provider'
  environment?: boolean
}

/** What `update` may change; url and protocols by number. */
export interface Change extends Limits {
  url?: number
  protocols?: number
}

export type Step =
  // What a user asks for.
  | { do: 'connect' | 'reconnect' | 'retryNow' | 'flush' | 'drained' | 'prepare' | 'closeCircuit' | 'look' }
  | { do: 'close'; code?: number; reason?: string }
  | { do: 'send'; as: 'text' | 'bytes' | 'big' | 'nonsense'; wait: boolean }
  | { do: 'openCircuit'; ms?: number }
  | { do: 'update'; change: Change }
  // What the network does.
  | { do: 'server'; mode: ServerMode }
  | { do: 'accept' | 'refuse' | 'deaf' | 'error event' | 'send throws' | 'send kills' | 'close throws' }
  /** The platform gets rid of so many bytes, or of all it holds. */
  | { do: 'drain'; bytes?: number }
  /** A text, or `bytes`: three of them. */
  | { do: 'receive'; text: string }
  | { do: 'die'; code: number; clean: boolean }
  | { do: 'stall'; bytes: number }
  /** A socket that was let go speaks up. */
  | { do: 'stale socket'; which: number; event: 'open' | 'message' | 'error' | 'close'; code: number }
  // What time does.
  | { do: 'advance'; ms: number }
  /** The event loop is busy. */
  | { do: 'block'; ms: number }
  /** Somebody sets the wall clock. */
  | { do: 'wall'; ms: number }
  /** To the moment the client waits for, and `ms` beyond. */
  | { do: 'due'; ms: number }
  | { do: 'sleep'; ms: number; monotonic: 'stands' | 'advances'; timers: 'fire' | 'wait' }
  // What the world says.
  | { do: 'news'; news: 'online' | 'offline' | 'wake' | 'freeze' | 'hidden' }
  // What the user's own functions do.
  | { do: 'provider'; mode: ProviderMode }
  | { do: 'functions'; mode: CallbackMode }
  /** The next listener of this event, or the next subscriber, does something itself; or a listener throws. */
  | { do: 'inside'; event: keyof ClientEvents | 'subscribe'; step: Step }
  | { do: 'throw'; event: keyof ClientEvents }

/** A whole run. */
export interface Scenario {
  /** Of the world's chance. */
  seed: number
  world: { strictCloseCodes: boolean; synchronous: boolean; terminate: boolean; timeStamps: boolean; offline: boolean }
  options: Options
  steps: Step[]
}

const INFINITY = 'Infinity'

/** As JSON. */
export const write = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (part === Infinity ? INFINITY : part))

/** From JSON. */
export const read = (text: string): unknown => JSON.parse(text, (_key, part) => (part === INFINITY ? Infinity : part))
