/**
 * Owns requests that wait for their answer, whatever protocol carries them: ids → entries, one timer for all of them, and
 * a promise each that always settles. Must never look into a message, keep a listener or a timer while nothing is
 * pending, or send a second time what may not be done twice.
 */

import { isWebSocketData, type WebSocketData } from '../policy/payload.ts'
import { DeadlineTimer } from '../runtime/deadline-timer.ts'
import { platformClock } from '../runtime/platform.ts'
import type { SendOptions, WebSocketClient } from '../websocket-client.ts'
import { RequestError, type RequestErrorCode, unusable } from './request-error.ts'

/** Options of one request. */
export interface RequestOptions {
  /**
   * How long to wait for the answer, ms. Counts from the call, waiting for a connection included. Infinity: for ever.
   * @default 10000
   */
  timeout?: number | undefined
  /** Ends it with `ABORTED`; the other side is told so where the protocol has a word for it. */
  signal?: AbortSignal | undefined
  /**
   * What to do when the connection ends between request and answer: `'reject'` with `LOST`, or `'resend'` on the next
   * one, for what may be done twice.
   * @default 'reject'
   */
  whenLost?: 'reject' | 'resend' | undefined
  /**
   * `false`: do not wait for a connection; reject at once with `NOT_OPEN` where there is none.
   * @default true
   */
  queue?: boolean | undefined
}

/** What only the protocol knows. */
export interface RequestProtocol<Out> {
  /** A number that no pending request has. */
  readonly nextId: () => number
  /** Asked once, at the call. `mayRepeat`: the same data may be sent again on another connection. */
  readonly write: (message: Out, id: number, mayRepeat: boolean) => WebSocketData
  /** Says that nobody waits for the answer any more, where the protocol has a word for it. */
  readonly cancel?: ((id: number) => WebSocketData) | undefined
  /** Called when something becomes pending; what it returns, when nothing is pending any more. */
  readonly listen?: (() => () => void) | undefined
}

export interface PendingRequests<Out, In> {
  readonly size: number
  /** Never throws: bad arguments reject as everything else does. */
  readonly ask: (message: Out, options?: RequestOptions) => Promise<In>
  readonly has: (id: string | number) => boolean
  /** The answer to a request; it is late, and ignored, where nobody waits for it. */
  readonly resolve: (id: string | number, answer: In) => void
  /** The other side refuses. */
  readonly refuse: (id: string | number, reply: unknown, cause?: unknown) => void
}

interface Entry<In> {
  readonly id: number
  readonly data: WebSocketData
  /** Monotonic ms. */
  readonly deadline: number
  readonly mayRepeat: boolean
  readonly resolve: (answer: In) => void
  readonly reject: (error: unknown) => void
  readonly unlisten: () => void
  /** The connection that has had it, or 0. */
  sentOn: number
  hasLeft: boolean
}

/** What a connection does not take waits here and not in the engine's queue, which could not give it back. */
const UNQUEUED: SendOptions = { queue: false }

export function createPendingRequests<Out, In>(
  client: WebSocketClient,
  protocol: RequestProtocol<Out>,
): PendingRequests<Out, In> {
  const entries = new Map<string, Entry<In>>()
  let undo: (() => void)[] = []
  /** What the timer is armed for, which may be too early by now, but never too late. */
  let wakeAt = Infinity
  const timer = new DeadlineTimer(client.options.clock || platformClock, { onTimer: () => expire() })

  /** The number of the open connection, or 0. */
  const connection = () => (client.state === 'OPEN' ? client.getSnapshot().connectionId : 0)

  const end = (entry: Entry<In>) => {
    entries.delete(String(entry.id))
    entry.unlisten()
    if (entries.size) return
    timer.arm((wakeAt = Infinity))
    for (const stop of undo) stop()
    undo = []
  }
  const fail = (entry: Entry<In>, code: RequestErrorCode, cause?: unknown, reply?: unknown) => {
    end(entry)
    entry.reject(new RequestError(code, entry.hasLeft, reply, cause))
  }
  /** Nobody waits for it any more. */
  const withdraw = (entry: Entry<In>, code: RequestErrorCode, cause?: unknown) => {
    fail(entry, code, cause)
    // The server has never heard of what was not sent, and has forgotten what an earlier connection brought.
    if (!protocol.cancel || !entry.sentOn || entry.sentOn !== connection()) return
    try {
      client.send(protocol.cancel(entry.id), UNQUEUED)
    } catch (thrown) {
      client.reportDecodeError(thrown)
    }
  }
  const send = (entry: Entry<In>) => {
    const now = connection()
    if (!now || entry.sentOn) return
    // Before it is sent: some mocks answer from within.
    entry.sentOn = now
    try {
      if (client.send(entry.data, UNQUEUED) === 'sent') entry.hasLeft = true
      else entry.sentOn = 0
    } catch (thrown) {
      end(entry)
      entry.reject(thrown)
    }
  }
  /** The state is another: what the connection that has gone had, is lost. */
  const look = () => {
    const isOver = /^(clos|fail)/.test(client.getSnapshot().status)
    const now = connection()
    for (const entry of entries.values()) {
      if (isOver) fail(entry, 'CLOSED')
      else if (entry.sentOn && entry.sentOn !== now) {
        if (entry.mayRepeat) entry.sentOn = 0
        else fail(entry, 'LOST')
      }
    }
  }
  const expire = () => {
    const now = timer.now()
    wakeAt = Infinity
    for (const entry of entries.values()) {
      if (entry.deadline <= now) withdraw(entry, 'TIMEOUT')
      else wakeAt = Math.min(wakeAt, entry.deadline)
    }
    timer.arm(wakeAt)
  }
  const wait = (entry: Entry<In>) => {
    entries.set(String(entry.id), entry)
    if (!undo.length) {
      undo = [
        // After those who greet the server, and after what the engine's queue has kept: that was sent earlier.
        client.on('open', () => void Promise.resolve().then(() => entries.forEach(send))),
        client.subscribe(look),
      ]
      if (protocol.listen) undo.push(protocol.listen())
    }
    if (entry.deadline < wakeAt) timer.arm((wakeAt = entry.deadline))
    send(entry)
  }

  return {
    get size() {
      return entries.size
    },
    ask: (message, options) =>
      new Promise<In>((resolve, reject) => {
        const { timeout = 10_000, signal, whenLost = 'reject', queue } = options || {}
        if (typeof timeout !== 'number' || !(timeout > 0)) throw unusable('timeout', 'a number of ms > 0', timeout)
        if (whenLost !== 'reject' && whenLost !== 'resend') throw unusable('whenLost', "'reject' or 'resend'", whenLost)
        if (signal && typeof signal.addEventListener !== 'function') throw unusable('signal', 'an AbortSignal', signal)
        if (signal && signal.aborted) throw new RequestError('ABORTED', false, undefined, signal.reason)
        if (/^(clos|fail)/.test(client.getSnapshot().status)) throw new RequestError('CLOSED', false)
        if (queue === false && !connection()) throw new RequestError('NOT_OPEN', false)
        const id = protocol.nextId()
        const mayRepeat = whenLost === 'resend'
        const data = protocol.write(message, id, mayRepeat)
        if (!isWebSocketData(data)) throw unusable('message', 'written as a string, Blob, ArrayBuffer or view', data)
        const abort = () => withdraw(entry, 'ABORTED', signal?.reason)
        const unlisten = () => signal?.removeEventListener('abort', abort)
        const deadline = timer.now() + timeout
        const entry: Entry<In> = {
          ...{ id, data, deadline, mayRepeat, resolve, reject, unlisten },
          ...{ sentOn: 0, hasLeft: false },
        }
        signal?.addEventListener('abort', abort)
        wait(entry)
      }),
    has: (id) => entries.has(String(id)),
    resolve(id, answer) {
      const entry = entries.get(String(id))
      if (!entry) return
      end(entry)
      entry.resolve(answer)
    },
    refuse(id, reply, cause) {
      const entry = entries.get(String(id))
      if (entry) fail(entry, 'REFUSED', cause, reply)
    },
  }
}
