/**
 * Owns what may be handed in to ask, in words, for development: production keeps only what would harm it.
 * Must never guess: what does not fit is a TypeError that says what was expected and what came.
 */

import { isWebSocketData } from '../policy/payload.ts'
import { isFunction, isObject, shown } from '../policy/values.ts'

export function demand(fits: boolean, name: string, expected: string, got: unknown): void {
  if (!fits) throw new TypeError(`WebSocketReconnect: "${name}" must be ${expected}, got ${shown(got)}.`)
}

/** How one request is asked, and what it has become. */
export function checkRequest(options: unknown, data: unknown): void {
  demand(options === undefined || options === null || isObject(options), 'options', 'an object', options)
  const { timeout = 1, whenLost = 'reject', signal } = Object(options)
  demand(typeof timeout === 'number' && timeout > 0, 'timeout', 'a number of ms > 0', timeout)
  demand(whenLost === 'reject' || whenLost === 'resend', 'whenLost', "'reject' or 'resend'", whenLost)
  demand(!signal || isFunction(signal.addEventListener), 'signal', 'an AbortSignal', signal)
  demand(isWebSocketData(data), 'tag', 'a function that returns a string, Blob, ArrayBuffer or view', data)
}

/** What requests are made with. */
export function checkFormat(client: unknown, how: unknown): void {
  demand(isFunction(Object(client).messageData), 'client', 'a WebSocketClient', client)
  demand(isObject(how), 'how', 'an object with tag and idOf', how)
  for (const name of ['tag', 'idOf', 'failureOf', 'resultOf', 'decode', 'cancel']) {
    const given = (how as Record<string, unknown>)[name]
    const isOptional = name !== 'tag' && name !== 'idOf'
    demand(isFunction(given) || (isOptional && given === undefined), name, 'a function', given)
  }
}
