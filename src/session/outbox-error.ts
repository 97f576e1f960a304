/**
 * Owns why a message is not in the outbox, or did not get from there to where it should. Must never quote a message.
 */

/**
 * `NO_NAME`: there is no outbox. `TOO_LARGE`: one message. `FULL`: the outbox, or the device. `STORE_FAILED`: the store, see
 * cause. `REFUSED`: by the server for good, see `why`. `EXPIRED`: too old to be sent. `DISCARDED`: by the application.
 * `UNKNOWN`: another tab has heard what became of it, and this one too late.
 */
export type OutboxErrorCode =
  | 'NO_NAME'
  | 'TOO_LARGE'
  | 'FULL'
  | 'STORE_FAILED'
  | 'REFUSED'
  | 'EXPIRED'
  | 'DISCARDED'
  | 'UNKNOWN'

/** What `send` throws and a delivery rejects with. `message` is a sentence in development, in production the code alone. */
export class OutboxError extends Error {
  /** What happened, for programs. */
  declare readonly code: OutboxErrorCode
  /** The server's words for a refusal. */
  declare readonly why: string | undefined
  /** What the store said; where the device is full, with its `estimate`. */
  declare readonly cause: unknown

  constructor(code: OutboxErrorCode, detail?: string, cause?: unknown) {
    super(`WebSocketReconnect: ${sentenceOf(code, detail)}`)
    Object.assign(this, { name: 'OutboxError', code, why: code === 'REFUSED' ? detail : undefined, cause })
  }
}

function sentenceOf(code: OutboxErrorCode, detail?: string): string {
  try {
    if (process.env.NODE_ENV !== 'production') return EXPLAINED[code].replace('%', () => String(detail))
  } catch {
    return EXPLAINED[code].replace('%', () => String(detail))
  }
  return code
}

const EXPLAINED: Readonly<Record<OutboxErrorCode, string>> = {
  NO_NAME:
    'send() needs an outbox, and outbox is %. Write outbox: { name: `chat:${userId}` }: it says whose messages these are.',
  TOO_LARGE: 'a message has %, more than may be sent (outbox.maxMessageBytes, and what the server takes).',
  FULL: 'the outbox is full (%). Wait until messages are acknowledged, discard() some, or raise its limit.',
  STORE_FAILED: 'the message could not be kept, so it was not accepted; see cause.',
  REFUSED: 'the server will not take the message: %',
  EXPIRED: 'the message was older than outbox.maxAge before it could be acknowledged.',
  DISCARDED: 'the message was discarded.',
  UNKNOWN: 'the message is settled, but this tab was told too late how.',
}
