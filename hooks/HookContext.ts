/**
 * Owns what a set of hooks has in common: the context its provider fills, and the format that is spoken where a client has
 * none of its own (R30, R35). Every hook is made for one by its `createUse…`; the exported ones for the default one here.
 * Must never put anything but the client itself into the context: state there would re-render every reader.
 */

import { type Context, createContext } from 'react'
import type { WebSocketClient } from '../src/index.ts'
import { createMessageFormat, type MessageFormat, type MessageFormatOptions } from '../src/observers/message-format.ts'

export interface HookContext {
  readonly context: Context<WebSocketClient | null>
  readonly format: MessageFormat
}

export const createHookContext = (format?: MessageFormatOptions): HookContext => ({
  context: createContext<WebSocketClient | null>(null),
  format: createMessageFormat(format),
})

/** What the exported hooks and `<WebSocketProvider>` are made for. */
export const defaultContext = /* @__PURE__ */ createHookContext()
