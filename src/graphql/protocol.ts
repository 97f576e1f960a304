/**
 * Owns the wire protocol graphql-transport-ws: its name, which messages a server may send, its handshake as a layer
 * between socket and engine, and what its close codes mean (docs/GRAPHQL.md). Must never know of operations, retry by
 * itself, or keep a timer: the engine's connectTimeout covers the handshake, acknowledgement included.
 */

import type { Failure } from '../machine/events.ts'
import { warn } from '../options/dev-warnings.ts'
import type { SocketLike, WebSocketReconnectOptions } from '../options/options.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import { type CloseTable, closeTable } from '../policy/close-policy.ts'
import type { ErrorCode } from '../policy/errors.ts'
import type { ProtocolAdapter } from '../runtime/protocol-adapter.ts'

const PROTOCOL = 'graphql-transport-ws'
/** The protocol before it, with other messages; older code names it. */
const OLDER = 'graphql-ws'

/** What this protocol's close codes mean, and below 4000 the engine's own (R12). */
const graphqlCloseTable: CloseTable = [
  [4004, 4005, 'stop'],
  [4400, 4400, 'stop'],
  [4401, 4401, 'retry-with-fresh-auth'],
  [4403, 4403, 'stop'],
  [4406, 4406, 'stop'],
  [4409, 4409, 'stop'],
  [4429, 4429, 'stop'],
  [4500, 4500, 'stop'],
  [4000, 4999, 'retry'],
  ...closeTable,
]

/** A message from a server. */
export interface Message {
  readonly id: string
  readonly type: string
  /** As the protocol promises it, however the server spelled it. */
  readonly payload: any
  /** To the server the operation still lives: we have not understood what it said of it. */
  readonly isUnread?: boolean
}

/**
 * Strict in what concerns the connection: throws for what no server may send now, and for what names no operation.
 * Lenient in what concerns one operation: its odd message must not cost all the others their connection.
 */
function read(data: unknown, isGreeted: boolean, isReady: boolean): Message {
  const message = JSON.parse(data as string)
  const { type, payload, errors, message: words } = message
  if (type === 'ping' || type === 'pong' || (type === 'connection_ack' && isGreeted)) return message
  // Some servers answer with the number that our text spells.
  const id = typeof message.id === 'number' ? String(message.id) : message.id
  if (isReady && typeof id === 'string') {
    if (type === 'complete') return { id, type, payload }
    if (type === 'error') {
      const list = errorsOf(payload ?? errors ?? words)
      return { id, type, payload: list.length ? list : [{ message: 'The server gave no reason.' }] }
    }
    if (type === 'next') {
      if (Object(payload) === payload && !Array.isArray(payload)) {
        const { errors: given, ...result } = payload
        const list = errorsOf(given)
        return { id, type, payload: list.length ? { ...result, errors: list } : result }
      }
      return {
        id,
        type: 'error',
        payload: [{ message: 'The server sent a result that cannot be read.' }],
        isUnread: true,
      }
    }
  }
  throw new TypeError(`expected ${PROTOCOL}, got "${type}"`)
}

/** What servers send for errors, as the list of objects with a `message` that users rely on; the words are the server's. */
function errorsOf(payload: any): { message: string }[] {
  const said: unknown[] = [].concat(payload?.errors || payload || [])
  return said
    .filter((error) => error != null)
    .map((error: any) => {
      if (typeof error.message === 'string') return error
      return {
        ...(typeof error === 'object' && error),
        message: typeof error === 'string' ? error : JSON.stringify(error),
      }
    })
}

/** The text of `connection_init`. Throws a TypeError for params that would arrive as something else, or be hung up on. */
export const initText = (params: unknown): string =>
  write({ type: 'connection_init', payload: record('connectionParams', params || undefined) })

/** The text of `subscribe`. Throws a TypeError as `initText` does: a server hangs up on it, and all operations end. */
export function subscribeText(
  id: string,
  operationName: unknown,
  query: string,
  variables: unknown,
  extensions: unknown,
): string {
  if (operationName != null && typeof operationName !== 'string')
    throw wrong('operationName', 'a string', operationName)
  const payload = {
    operationName,
    query,
    variables: record('variables', variables),
    extensions: record('extensions', extensions),
  }
  return write({ id, type: 'subscribe', payload })
}

const write = (message: object): string =>
  JSON.stringify(message, (key: string, value: unknown) => {
    if (isSayable(value)) return value
    const what = typeof value === 'number' ? value : kindOf(value)
    throw new TypeError(`GraphQLSubscriptionClient: "${key}" is ${what}, which JSON cannot say.`)
  })

/** Whether JSON says what it is: it makes null of NaN, nothing of a function and {} of a Blob, and tells nobody. */
function isSayable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return Object(value) === value ? isOpen(value) : !/^(bigint|symbol)$/.test(typeof value)
}

/** Whether an object shows what it holds. Instances of users' own classes do, those of the platform mostly do not. */
const isOpen = (value: any): boolean =>
  !ArrayBuffer.isView(value) &&
  typeof value !== 'function' &&
  (Object.keys(value).length > 0 || / (Object|Array|String|Number|Boolean)$/.test(kindOf(value)))

function record(name: string, value: unknown): unknown {
  if (value == null || (typeof value === 'object' && !Array.isArray(value) && isOpen(value))) return value
  throw wrong(name, 'an object', value)
}

const wrong = (name: string, expected: string, value: unknown) =>
  new TypeError(`GraphQLSubscriptionClient: "${name}" must be ${expected}, got ${kindOf(value)}.`)

/** Never the value itself, which may be a secret. */
function kindOf(value: unknown): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/**
 * Lets the engine hear `open` only once the server has acknowledged. What concerns an operation is put into `heard` by
 * its event, for whoever hears that event from the engine, which knows the sockets that no longer count.
 */
export const handshake = (params: () => unknown, heard: WeakMap<object, Message>): ProtocolAdapter => ({
  closeTable: graphqlCloseTable,
  hasFreshAuth: true,
  isControl: (event) => !heard.has(event),
  listen(socket: SocketLike) {
    const engine: Record<string, (event?: unknown) => void> = {}
    const tell = (type: string, event?: unknown) => engine[type]?.(event)
    const send = (message: object) => socket.send(JSON.stringify(message) as never)
    /** The engine does not wait for the socket to agree (R3). */
    const end = (close: object, code: ErrorCode, cause: unknown) =>
      tell('close', { ...close, failure: { code, cause } satisfies Failure })
    let isGreeted = false
    let isReady = false

    socket.addEventListener('open', async () => {
      try {
        const text = initText(await params())
        if (socket.readyState === 1) {
          isGreeted = true
          socket.send(text as never)
        }
      } catch (error) {
        try {
          if (process.env.NODE_ENV !== 'production')
            warn('connectionParams failed, so the server was not greeted.', error)
        } catch {}
        socket.close()
        end({}, 'HANDSHAKE_FAILED', error)
      }
    })
    socket.addEventListener('message', (event: MessageEvent) => {
      try {
        const message = read(event.data, isGreeted, isReady)
        const { type, payload } = message
        if (type === 'ping') send({ type: 'pong', payload })
        else if (type === 'connection_ack') {
          // To the engine, a second one is no news.
          isReady = true
          tell('open')
        } else if (type !== 'pong') heard.set(event, message)
        if (isReady) tell('message', event)
      } catch (cause) {
        const close = { code: 4400, reason: 'Invalid message' }
        socket.close(close.code, close.reason)
        end(close, 'INVALID_MESSAGE', cause)
      }
    })
    socket.addEventListener('error', (event) => tell('error', event))
    socket.addEventListener('close', (event?: Partial<CloseInfo>) => {
      // Some platforms say null where there is nothing to say, or leave it out.
      const close = { code: event?.code ?? 1006, reason: event?.reason ?? '', wasClean: !!event?.wasClean }
      // Before the acknowledgement every code is an answer to us, later only the protocol's own; 1006 is mere silence.
      if (close.code >= 4000 || (!isReady && close.code !== 1006)) end(close, 'HANDSHAKE_FAILED', close)
      else tell('close', close)
    })
    return (type: string, listener: (event: any) => void) => {
      engine[type] = listener
    }
  },
})

/** Offers the right subprotocol, pings as the protocol does, and knows the protocol's close codes. */
export function speaking(options: Partial<WebSocketReconnectOptions>): Partial<WebSocketReconnectOptions> {
  const { protocols = [], heartbeatMessage } = options
  // Functions are trusted: they cannot be asked before their time.
  const isPing = typeof heartbeatMessage === 'function' || /type\W+ping\\?"/.test(JSON.stringify(heartbeatMessage))
  try {
    if (process.env.NODE_ENV !== 'production') {
      if (typeof protocols !== 'function' && ([] as string[]).concat(protocols).includes(OLDER)) {
        warn(`"${OLDER}" is an older subprotocol, with other messages, that servers refuse; offering "${PROTOCOL}".`)
      }
      if (heartbeatMessage && !isPing) {
        warn(`a server of ${PROTOCOL} hangs up on this heartbeatMessage (4400, 4429); sending {"type":"ping"}.`)
      }
    }
  } catch {}

  return {
    protocols:
      typeof protocols === 'function'
        ? protocols
        : [...new Set([PROTOCOL].concat(protocols))].filter((name) => name !== OLDER),
    heartbeatMessage: isPing ? heartbeatMessage : undefined,
  }
}
