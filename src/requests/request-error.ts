/**
 * Owns the error a request ends with, and what a programmer is told who asks in a way that cannot be. Must never quote a
 * message or a reply in its text: those may hold secrets.
 */

import { shown } from '../policy/values.ts'

/**
 * Why there is no answer. `TIMEOUT`: none came in time. `ABORTED`: its signal was aborted. `LOST`: the connection ended
 * after it had been sent. `NOT_OPEN`: it may not wait for a connection. `REFUSED`: the other side answered with a failure.
 * `CLOSED`: the client is closed, or has given up.
 */
export type RequestErrorCode = 'TIMEOUT' | 'ABORTED' | 'LOST' | 'NOT_OPEN' | 'REFUSED' | 'CLOSED'

/** What a request rejects with. `message` is a sentence in development, in production the code alone. */
export class RequestError extends Error {
  /** What happened, for programs. */
  readonly code: RequestErrorCode
  /** Whether it had left: what it asks for may have happened, whatever became of the answer. */
  readonly sent: boolean
  /** What the other side said, if it refused. */
  readonly reply: unknown
  /** The signal's reason, or what a function of yours threw. */
  override readonly cause: unknown

  constructor(code: RequestErrorCode, sent: boolean, reply?: unknown, cause?: unknown) {
    super(`WebSocketReconnect: ${sentenceOf(code, sent)}`)
    this.name = 'RequestError'
    this.code = code
    this.sent = sent
    this.reply = reply
    this.cause = cause
  }
}

function sentenceOf(code: RequestErrorCode, sent: boolean): string {
  try {
    if (process.env.NODE_ENV !== 'production') return explain(code, sent)
  } catch {
    return explain(code, sent)
  }
  return code
}

const explain = (code: RequestErrorCode, sent: boolean): string =>
  `${WHY[code]} ${sent ? 'The request was sent, so it may have happened.' : 'The request was not sent.'}`

const WHY: Readonly<Record<RequestErrorCode, string>> = {
  TIMEOUT: 'no answer came in time (timeout).',
  ABORTED: 'the request was aborted by its signal.',
  LOST: "the connection ended before the answer came. What may be done twice can be asked with whenLost: 'resend'.",
  NOT_OPEN: 'there is no open connection, and with queue: false the request may not wait for one.',
  REFUSED: 'the other side answered with a failure; see reply.',
  CLOSED: 'the client is closed or has given up, so no answer can come. Call connect() first.',
}

/** In development what was expected and what came, in production the name. */
export function unusable(name: string, expected: string, got: unknown): TypeError {
  let text = name
  try {
    if (process.env.NODE_ENV !== 'production') text = `"${name}" must be ${expected}, got ${shown(got)}.`
  } catch {
    text = `"${name}" must be ${expected}, got ${shown(got)}.`
  }
  return new TypeError(`WebSocketReconnect: ${text}`)
}
