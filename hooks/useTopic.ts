'use client'

/**
 * Owns the fan-out of messages by topic: one look-up per message, however many components wait for theirs (R31, R37).
 * Must never ask a reader whether a message is its own.
 */

import { useEffect } from 'react'
import type { Hub } from './hubOf.ts'
import { report } from './report.ts'
import { defaultScope, type Scope } from './scope.ts'
import { type ClientOption, useHub } from './useHub.ts'
import { useLatest } from './useLatest.ts'

type Handler = (data: any, event: MessageEvent) => void

interface Switchboard {
  readonly readers: Map<string, Set<Handler>>
  stop: () => void
}

const switchboards = /* @__PURE__ */ new WeakMap<Hub, Switchboard>()

export function useTopicIn(scope: Scope, name: string, handler: Handler, { client }: ClientOption = {}): void {
  const hub = useHub(scope, client)
  const call = useLatest(handler)
  useEffect(() => listen(hub, name, call), [hub, name, call])
}

function listen(hub: Hub, name: string, call: Handler): () => void {
  // Not before its effect: a provider's own function is in place as soon as its render is committed.
  if (!hub.dialect.topic) {
    throw new Error(
      'WebSocketReconnect: useTopic() found no topic function. Give one to the provider, to createWebSocketContext() or ' +
        'to useWebSocketConnection(): topic={(message) => message.channel}.',
    )
  }
  const board = switchboards.get(hub) || connect(hub)
  const readers = board.readers.get(name) || new Set()
  board.readers.set(name, readers.add(call))
  return () => {
    readers.delete(call)
    if (!readers.size) board.readers.delete(name)
    if (board.readers.size) return
    board.stop()
    switchboards.delete(hub)
  }
}

function connect(hub: Hub): Switchboard {
  const readers = new Map<string, Set<Handler>>()
  const stop = hub.client.on('message', (event, isPong) => {
    const frame = isPong ? undefined : hub.read(event)
    if (!frame) return
    const name = hub.dialect.topic?.(frame.data)
    // A copy, because a reader that this message brings in has not been there when it came.
    for (const call of [...((name && readers.get(name)) || [])]) {
      try {
        call(frame.data, event)
      } catch (thrown) {
        report(thrown)
      }
    }
  })
  const board = { readers, stop }
  switchboards.set(hub, board)
  return board
}

/**
 * Calls the latest render's `handler` for each message whose topic, as the provider's `topic` function names it, is
 * `name`. A thousand components with a topic each cost one look-up per message. Renders nothing.
 *
 * @throws Error where there is no provider or no `topic` function.
 *
 * @example
 * useTopic<Tick>(symbol, ({ price }) => setPrice(price))
 */
export const useTopic: <Data = unknown>(
  name: string,
  handler: (data: Data, event: MessageEvent) => void,
  options?: ClientOption<Data>,
) => void = /* @__PURE__ */ useTopicIn.bind(null, defaultScope)
