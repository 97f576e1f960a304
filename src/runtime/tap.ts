/**
 * Owns looking over a client's shoulder while one develops: transitions, frames, the queue, errors. It puts itself in
 * front of the engine's own methods when the first listener comes, and steps aside with the last, so that nobody pays for
 * it otherwise. Must never reach a production bundle, nor let a listener's throw through.
 */

import type { Effect, Input } from '../machine/events.ts'
import type { MachineSettings, State } from '../machine/states.ts'
import type { WebSocketReconnectError } from '../policy/errors.ts'
import type { WebSocketData } from '../policy/payload.ts'
import type { Engine } from './engine.ts'
import { reportToPlatform } from './platform.ts'

/** One transition of the machine. `after.until` is its deadline, monotonic ms. */
export interface TransitionEntry {
  readonly type: 'transition'
  /** With the inputs of its moment: time, chance, and what the user's functions answered. */
  readonly event: Input
  readonly before: Readonly<State>
  readonly after: Readonly<State>
  readonly effects: readonly Effect[]
  readonly settings: MachineSettings
}

/** What a tap reports. Frames are shown as they are, secrets and all. */
export type TapEntry =
  | TransitionEntry
  | { readonly type: 'received'; readonly data: unknown }
  | { readonly type: 'sent'; readonly data: WebSocketData }
  /** The queue has changed: how many messages it holds now. */
  | { readonly type: 'queue'; readonly size: number }
  | { readonly type: 'error'; readonly error: WebSocketReconnectError }

export type TapListener = (entry: TapEntry) => void

const listeners = /* @__PURE__ */ new WeakMap<Engine, Set<TapListener>>()

/** Reports to this listener from now on; returns how to stop. */
export function tap(engine: Engine, listener: TapListener): () => void {
  const known = listeners.get(engine)
  const all = known || new Set<TapListener>()
  // A wrapper of its own for every call: the same function may listen twice.
  const call: TapListener = (entry) => listener(entry)
  all.add(call)
  if (!known) {
    listeners.set(engine, all)
    const remove = install(engine, (entry) => {
      // Not a copy of them: there is one of these per message.
      for (const each of all) {
        try {
          each(entry)
        } catch (thrown) {
          // Not as an `error`: the tap would report that one, too, and so on without end.
          if (!reportToPlatform(thrown)) engine.errors.throwLater(thrown)
        }
      }
    })
    uninstallers.set(all, remove)
  }
  return () => {
    if (!all.delete(call) || all.size) return
    listeners.delete(engine)
    uninstallers.get(all)?.()
  }
}

const uninstallers = /* @__PURE__ */ new WeakMap<Set<TapListener>, () => void>()

// biome-ignore lint/suspicious/noExplicitAny: methods of several owners, each called as it was.
type Method = (...args: any[]) => any

function install(engine: Engine, report: TapListener): () => void {
  const undo: Array<() => void> = []
  const wrap = <T extends object>(owner: T, name: keyof T, around: (call: Method) => Method) => {
    const original = owner[name] as Method
    Object.defineProperty(owner, name, { configurable: true, value: around(original.bind(owner)) })
    undo.push(() => Reflect.deleteProperty(owner, name))
  }
  const { traffic, errors } = engine
  const { sender } = traffic

  wrap(engine, 'decide', (call) => (input: Input) => {
    const before = engine.state
    const result = call(input) as ReturnType<Engine['decide']>
    const [after, ...effects] = result
    const { from: _from, mark: _mark, ...event } = input as Input & { from?: unknown; mark?: unknown }
    report({ type: 'transition', event: event as Input, before, after, effects, settings: engine.settings })
    return result
  })
  wrap(traffic, 'receive', (call) => (event: MessageEvent) => {
    report({ type: 'received', data: event.data })
    call(event)
  })
  wrap(sender, 'hand', (call) => (socket: unknown, data: WebSocketData) => {
    const isSent: boolean = call(socket, data)
    if (isSent) report({ type: 'sent', data })
    return isSent
  })
  for (const name of ['send', 'flush', 'dropAll', 'expire', 'limit'] as const) {
    wrap(sender, name, (call) => (...args) => {
      const { mark, size } = sender.queue
      const result: unknown = call(...args)
      const { queue } = sender
      if (queue.size !== size || queue.mark !== mark) report({ type: 'queue', size: queue.size })
      return result
    })
  }
  wrap(errors, 'emit', (call) => (failure: unknown) => {
    const error: WebSocketReconnectError = call(failure)
    report({ type: 'error', error })
    return error
  })
  return () => {
    for (const each of undo) each()
  }
}
