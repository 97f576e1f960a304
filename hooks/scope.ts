/**
 * Owns what a set of hooks has in common: the context its provider fills, and the language spoken where a client has
 * none of its own (R30, R35). Every hook exists once and is bound to a scope; the default set to this one here.
 * Must never put anything but the client itself into the context: state there would re-render every reader.
 */

import { type Context, createContext } from 'react'
import { type Codec, raw, type WebSocketReconnect } from '../src/index.ts'
import type { Hub } from './hubOf.ts'

/**
 * Names the topic of a message; no name, no reader. Written as a method, so that where the codec knows nothing of its
 * messages, the function may say what they are.
 */
export type Topic<In = any> = { name(data: In): string | null | undefined }['name']

/** How the messages of a client are read and written, and the hub of each client that speaks so. */
export interface Dialect {
  codec: Codec
  topic: Topic | undefined
  readonly hubs: WeakMap<WebSocketReconnect, Hub>
}

export interface Scope {
  readonly context: Context<WebSocketReconnect | null>
  readonly dialect: Dialect
}

export const createDialect = (codec: Codec = raw, topic?: Topic): Dialect => ({ codec, topic, hubs: new WeakMap() })

export const createScope = (codec?: Codec, topic?: Topic): Scope => ({
  context: createContext<WebSocketReconnect | null>(null),
  dialect: createDialect(codec, topic),
})

/** What the exported hooks and `<WebSocketProvider>` are bound to. */
export const defaultScope = /* @__PURE__ */ createScope()
