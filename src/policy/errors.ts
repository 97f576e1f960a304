/**
 * Owns the one error class the engine emits and its codes (R18).
 * Must never quote a URL's user info or query, nor another error's text: those may hold secrets (R19).
 */

import { redact } from './url.ts'

/**
 * Why something went wrong; the machine-readable half of every {@link WebSocketReconnectError}. What each code means,
 * and what to do about it:
 *
 * @see docs/guide/recipes.md#why-is-it-down
 */
export type ErrorCode =
  | 'CONNECT_TIMEOUT'
  | 'HANDSHAKE_FAILED'
  | 'HEARTBEAT_TIMEOUT'
  | 'HEARTBEAT_INVALID'
  | 'URL_PROVIDER_FAILED'
  | 'INVALID_URL'
  | 'WEBSOCKET_UNAVAILABLE'
  | 'SOCKET_THREW'
  | 'NO_URL'
  | 'CIRCUIT_OPEN'
  | 'RETRIES_EXHAUSTED'
  | 'FATAL_CLOSE'
  | 'CLOSED_BY_USER'
  | 'INVALID_MESSAGE'
  | 'MESSAGE_DROPPED'
  | 'LISTENER_FAILED'

/**
 * What `error` listeners receive and what `connect()` rejects with. `message` says what happened and what to do about
 * it, in production the code alone.
 */
export class WebSocketReconnectError extends Error {
  /** What happened, for programs. */
  readonly code: ErrorCode
  /**
   * The platform's own error, what a function of yours threw, or the earlier error; unedited, so it may hold secrets.
   */
  override readonly cause: unknown

  constructor(code: ErrorCode, text: string, cause?: unknown) {
    super(`WebSocketReconnect: ${text}`)
    this.name = 'WebSocketReconnectError'
    this.code = code
    this.cause = cause
  }
}

interface Timeouts {
  readonly connectTimeout: number
  readonly heartbeatTimeout: number
}

/**
 * What an error says: in development a sentence, in production its code, which the guide explains. Bundlers drop what
 * stands behind the question; a page without a bundler has no `process`, and gets the sentence.
 */
export function sentenceOf(code: ErrorCode, url: string, timeouts: Timeouts): string {
  try {
    if (process.env.NODE_ENV !== 'production') return explain(code, redact(url) || 'the address', timeouts)
  } catch {
    return explain(code, redact(url) || 'the address', timeouts)
  }
  return code
}

/** What a programmer is told who hands in what a call cannot use: in development what it takes, in production its name. */
export function misuse(call: keyof typeof EXPECTED, got: unknown, at?: string): string {
  let text: string = call
  try {
    if (process.env.NODE_ENV !== 'production') text = EXPECTED[call].replace('%', () => kindOf(got, at))
  } catch {
    text = EXPECTED[call].replace('%', () => kindOf(got, at))
  }
  return `WebSocketReconnect: ${text}`
}

/** An object is shown by its kind alone; what is handed in as text must not hold a secret (R19). */
const kindOf = (value: unknown, at?: string): string =>
  (Object(value) === value ? Object.prototype.toString.call(value) : String(value)) + (at ? ` at "${at}"` : '')

const EXPECTED = {
  send: 'send() takes a string, Blob, ArrayBuffer or view, got a value of type %. Use JSON.stringify for objects.',
  close: 'close() takes a code of 1000–1003, 1007–1014 or 3000–4999, got %.',
  reason: 'close() takes a reason of at most 123 bytes, got %.',
  openCircuit: 'openCircuit() takes a number of ms ≥ 0, got %.',
  on: 'a listener must be a function, got %.',
  update: 'update() cannot change "%". Create a new client instead.',
  shouldReconnect: 'shouldReconnect must answer true, false or a number of ms ≥ 0, got %.',
  retryDelay: 'retryDelay must answer a number of ms, got %.',
  json: 'JSON cannot say %. Send null, a text or an object.',
  jsonBinary: 'JSON has no binary data, got a %. client.send() takes it; in JSON write base64.',
  jsonEmpty: 'JSON would write the % as {}. Send a plain object or an array.',
}

/** The sentence for each code: what happened, and what to do about it. `at` is an address that may be said aloud. */
function explain(code: ErrorCode, at: string, { connectTimeout, heartbeatTimeout }: Timeouts): string {
  switch (code) {
    case 'CONNECT_TIMEOUT':
      return `no connection to ${at} within ${connectTimeout} ms (connectTimeout).`
    case 'HANDSHAKE_FAILED':
      return `could not open ${at}. Platforms hide why; a server can say so after accepting, with a close code.`
    case 'HEARTBEAT_TIMEOUT':
      return `no answer to a ping within ${heartbeatTimeout} ms (heartbeatTimeout). Set heartbeatInterval: 0 for a server that answers no ping.`
    case 'HEARTBEAT_INVALID':
      return 'heartbeatMessage cannot be sent: expected a string, an object for JSON, or a function returning either.'
    case 'URL_PROVIDER_FAILED':
      return 'the url, protocols or websocketOptions function failed, or returned neither a string nor a URL (protocols: a string or an array; websocketOptions: an object); see cause.'
    case 'INVALID_URL':
      return `cannot dial ${at}: expected ws://, wss://, http:// or https://, or a relative url on a page.`
    case 'WEBSOCKET_UNAVAILABLE':
      return 'there is no WebSocket here. In Node run "npm install ws", or pass the WebSocket option.'
    case 'SOCKET_THREW':
      return `the platform's WebSocket threw on ${at}; see cause.`
    case 'NO_URL':
      return 'the url function answered null, so there is nothing to dial. Call connect() once there is.'
    case 'CIRCUIT_OPEN':
      return 'the circuit breaker is open, so nothing dials. Wait for it to half-open, or call closeCircuit().'
    case 'RETRIES_EXHAUSTED':
      return `gave up on ${at}: all maxRetries were used. Call connect() to start over.`
    case 'FATAL_CLOSE':
      return `the connection to ${at} ended in a way that retrying does not cure; see lastClose. Call connect() to try anyway.`
    case 'CLOSED_BY_USER':
      return 'close() was called, so there is nothing left to wait for. Call connect() to start again.'
    case 'INVALID_MESSAGE':
      return 'a message could not be read by the codec.'
    case 'MESSAGE_DROPPED':
      return 'a message will not be sent, so drain() cannot keep its word; see cause.'
    case 'LISTENER_FAILED':
      return 'a listener or an option function threw, or answered what it must not; see cause.'
  }
}
