/**
 * Owns a stream that is read (R31, R32): follows its topic from the first reader until a task after the last, and shows how it
 * stands. Must never follow before it is read, call a handler that nobody has given, or hold an event back.
 */

import type { Store } from '../index.ts'
import type { Position, Session, StreamHandlers, StreamStatus } from '../session/index.ts'
import { viewClock } from './view-clock.ts'

/** What `useStream` returns: a new object when, and only when, something in it has changed. */
export interface Stream {
  /**
   * `idle`: there is no topic. `catching-up`: what was missed is on its way, or there is no connection. `live`: nothing is
   * missing. `reset`: continuity is lost, and the state is being loaded, or must be.
   */
  readonly status: 'idle' | StreamStatus
}

export interface StreamStore extends Store<Stream> {
  readonly session: Session<any, any>
  readonly topic: string | null
  /** The handlers of the latest render; none once its component has gone. */
  readonly setHandlers: (handlers: Partial<StreamHandlers<any>>) => void
}

/** `from`: where to begin. Null follows nothing. */
export function createStreamStore(
  session: Session<any, any>,
  topic: string | null,
  from: Position | undefined,
): StreamStore {
  const { timers, scheduler } = viewClock(session.ws.options.clock)
  const first: Stream = { status: topic === null ? 'idle' : 'catching-up' }
  let handlers: Partial<StreamHandlers<any>> = {}
  let load: StreamHandlers['load']
  let shown = first
  let listener: (() => void) | undefined
  let stop: (() => void) | undefined
  let endTimer: unknown

  const member = { publish: () => listener?.() }
  const start = (name: string) =>
    session.follow(
      name,
      {
        onEvent: (data, position) => handlers.onEvent?.(data, position),
        onReset: (position) => handlers.onReset?.(position),
        onRefused: (why) => handlers.onRefused?.(why),
        // It may be tried again after the component has gone, and before the stream ends.
        load: load && (() => (load as () => PromiseLike<Position>)()),
        onStatus(status) {
          if (shown.status !== status) {
            shown = { status }
            if (listener) scheduler.notify(member)
          }
          handlers.onStatus?.(status)
        },
      },
      from,
    )

  return {
    session,
    topic,
    setHandlers(given) {
      handlers = given
      load = given.load || load
    },
    getSnapshot: () => shown,
    getServerSnapshot: () => first,
    subscribe(read) {
      timers.clearTimeout(endTimer)
      if (topic !== null) stop = stop || start(topic)
      listener = read
      scheduler.join(member)
      return () => {
        listener = undefined
        scheduler.leave(member)
        // StrictMode and Fast Refresh are back before this task ends, and find the stream where it was (R32).
        endTimer = timers.setTimeout(() => {
          stop?.()
          stop = undefined
          shown = first
        }, 0)
      }
    },
  }
}
