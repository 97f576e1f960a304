/**
 * Owns requests that wait for their answer, whatever protocol carries them: ids → entries, one timer for all of them, and
 * a promise each that always settles. Must never look into a message, keep a listener or a timer while nothing is
 * pending, or send a second time what may not be done twice.
 */

import type { WebSocketData } from '../policy/payload.ts'
import { DeadlineTimer } from '../runtime/deadline-timer.ts'
import { platformClock } from '../runtime/platform.ts'
import type { WebSocketClient } from '../websocket-client.ts'
import { RequestError, type RequestErrorCode } from './request-error.ts'
import { checkRequest } from './request-rules.ts'
import { announceRequest } from './requests-inside.ts'

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
export interface RequestProtocol<Out, Id> {
  /** Writes a message with its id. Asked once, at the call: what may be resent is sent as it was. */
  readonly tag: (message: Out, id: Id, whenLost: RequestOptions['whenLost']) => WebSocketData
  /** Says that nobody waits for the answer any more, where the protocol has a word for it. */
  readonly cancel?: ((id: Id) => WebSocketData) | undefined
}

export interface PendingRequests<Out, In, Id = number> {
  /** How many wait for an answer. */
  readonly pending: number
  /** Never throws: bad arguments reject as everything else does. */
  readonly ask: (message: Out, options?: RequestOptions) => Promise<In>
  /**
   * An answer has come; it is late, and ignored, where nobody waits for it. The request resolves with what `read` returns,
   * or rejects with what it throws.
   */
  readonly settle: (id: Id, read: () => In) => void
}

interface Entry<In, Id> {
  readonly id: Id
  readonly data: WebSocketData
  /** Monotonic ms. */
  readonly deadline: number
  readonly whenLost: RequestOptions['whenLost']
  readonly resolve: (read: () => In) => void
  unlisten: () => void
  /** The connection that has had it last; 0 for none. */
  sentOn: number
}

/**
 * `nextId` makes an id that no pending request has. `listen` is called when something becomes pending; what it returns, when
 * nothing is pending any more.
 */
export function createPendingRequests<Out, In, Id = number>(
  client: WebSocketClient,
  protocol: RequestProtocol<Out, Id>,
  nextId: () => Id,
  listen: () => () => void,
): PendingRequests<Out, In, Id> {
  const entries = new Map<Id, Entry<In, Id>>()
  let stops: (() => void)[] = []
  /** What the timer is armed for, which may be too early by now, but never too late. */
  let wakeAt = Infinity
  const arm = (at: number) => timer.arm((wakeAt = at))

  /** The number of the open connection. */
  const connection = () => client.state === 'OPEN' && client.getSnapshot().connectionId
  const isOver = () => /^(clos|fail)/.test(client.getSnapshot().status)

  const settle = (id: Id, read: () => In) => {
    const entry = entries.get(id)
    if (!entry) return
    entries.delete(id)
    entry.unlisten()
    if (!entries.size) {
      arm(Infinity)
      stops.forEach((stop) => stop())
    }
    entry.resolve(read)
  }
  const fail = ({ id, sentOn }: Entry<In, Id>, code: RequestErrorCode, reason?: unknown) =>
    settle(id, () => {
      // The server has never heard of what was not sent, and has forgotten what an earlier connection brought.
      if (protocol.cancel && sentOn === connection()) client.send(protocol.cancel(id), { queue: false })
      throw new RequestError(code, !!sentOn, reason)
    })
  const send = (entry: Entry<In, Id>) => {
    const line = connection()
    // What a connection does not take waits here and not in the engine's queue, which could not give it back.
    if (line && line !== entry.sentOn && client.send(entry.data, { queue: false }) === 'sent') entry.sentOn = line
  }
  /** Something is another, or it is time: looks at each of them. */
  const review = () => {
    const line = connection()
    const over = isOver()
    const now = timer.now()
    let next = Infinity
    entries.forEach((entry) => {
      const { sentOn, whenLost, deadline } = entry
      if (over) fail(entry, 'CLOSED')
      else if (sentOn && sentOn !== line && whenLost !== 'resend') fail(entry, 'LOST')
      else if (deadline <= now) fail(entry, 'TIMEOUT')
      else if (deadline < next) next = deadline
    })
    arm(next)
  }
  const timer = new DeadlineTimer(client.options.clock || platformClock, { onTimer: review })

  return {
    get pending() {
      return entries.size
    },
    ask: (message, options) =>
      // What is thrown in here rejects.
      new Promise<() => In>((resolve) => {
        const { timeout = 10_000, signal, whenLost, queue } = options || {}
        const id = nextId()
        const data = protocol.tag(message, id, whenLost)
        try {
          // Thrown to where a page without `process` goes as well. Production bundles have neither: there a bad argument is no
          // better, and harms nobody else.
          if (process.env.NODE_ENV !== 'production') throw 0
        } catch {
          checkRequest(options, data)
        }
        const abort = () => fail(entry, 'ABORTED', signal?.reason)
        const entry: Entry<In, Id> = {
          ...{ id, data, whenLost, resolve, sentOn: 0 },
          deadline: timer.now() + timeout,
          unlisten: () => signal?.removeEventListener('abort', abort),
        }
        entries.set(id, entry)
        try {
          if (process.env.NODE_ENV !== 'production') announceRequest(client, entry, timer.now())
        } catch {}
        if (entries.size === 1) {
          stops = [
            listen(),
            client.subscribe(() => {
              review()
              // After those who greet the server, and after what the engine's queue has kept: that was sent earlier.
              Promise.resolve().then(() => entries.forEach(send))
            }),
          ]
        }
        if (entry.deadline < wakeAt) arm(entry.deadline)
        if (signal?.aborted) abort()
        else if (isOver()) fail(entry, 'CLOSED')
        else {
          signal?.addEventListener('abort', abort)
          send(entry)
          if (queue === false && !entry.sentOn) fail(entry, 'NOT_OPEN')
        }
      }).then((read) => read()),
    settle,
  }
}
