/**
 * Owns the messages of graphql-transport-ws: which ones a server may send, and how ours are written (docs/GRAPHQL.md).
 * Must never send, or let anything through that JSON would change on the way.
 */

import { PROTOCOL } from './protocol.ts'

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
export function readMessage(data: unknown, isGreeted: boolean, isReady: boolean): Message {
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
