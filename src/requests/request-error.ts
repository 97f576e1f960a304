/**
 * Owns the error a request ends with. Must never quote a message or an answer in its text: those may hold secrets.
 */

/**
 * Why there is no answer. `TIMEOUT`: none came in time. `ABORTED`: its signal was aborted. `LOST`: the connection ended
 * after it had been sent. `NOT_OPEN`: it may not wait for a connection. `REFUSED`: the other side answered with a failure.
 * `CLOSED`: the client is closed, or has given up.
 */
export type RequestErrorCode = 'TIMEOUT' | 'ABORTED' | 'LOST' | 'NOT_OPEN' | 'REFUSED' | 'CLOSED'

/** What a request rejects with. `message` is a sentence in development, in production the code alone. */
export class RequestError extends Error {
  /** What happened, for programs. */
  declare readonly code: RequestErrorCode
  /** Whether it had left: what it asks for may have happened, whatever became of the answer. */
  declare readonly sent: boolean
  /** What the other side said if it has refused; the reason of the signal if it was aborted. */
  declare readonly reply: unknown

  constructor(code: RequestErrorCode, sent: boolean, reply?: unknown) {
    let text: string = code
    try {
      // Thrown to where a page without `process` goes as well; production bundles have neither.
      if (process.env.NODE_ENV !== 'production') throw 0
    } catch {
      text = explain(code, sent)
    }
    super(`WebSocketReconnect: ${text}`)
    Object.assign(this, { name: 'RequestError', code, sent, reply })
  }
}

/** For `settle`: the other side refuses, and says this. */
export const refused = (reply: unknown) => (): never => {
  throw new RequestError('REFUSED', true, reply)
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
