/**
 * Owns the one error class the engine emits and its codes (R18).
 * Must never quote a URL's user info or query, nor another error's text: those may hold secrets (R19).
 */

/** Why something went wrong; the machine-readable half of every {@link WebSocketReconnectError} (R18). */
export type ErrorCode =
  | 'CONNECT_TIMEOUT'
  | 'HANDSHAKE_FAILED'
  | 'HEARTBEAT_TIMEOUT'
  | 'HEARTBEAT_INVALID'
  | 'URL_PROVIDER_FAILED'
  | 'INVALID_URL'
  | 'WEBSOCKET_UNAVAILABLE'
  | 'SOCKET_THREW'
  | 'CIRCUIT_OPEN'
  | 'RETRIES_EXHAUSTED'
  | 'FATAL_CLOSE'
  | 'CLOSED_BY_USER'
  | 'INVALID_MESSAGE'
  | 'LISTENER_FAILED'

/**
 * What `error` listeners receive and what `connect()` rejects with (R18). `code` says what happened, `message` what to
 * do about it, and `cause` holds the platform's own error or the earlier one, unedited.
 */
export class WebSocketReconnectError extends Error {
  readonly code: ErrorCode
  readonly cause: unknown

  constructor(code: ErrorCode, text: string, cause?: unknown) {
    super(`WebSocketReconnect: ${text}`)
    this.name = 'WebSocketReconnectError'
    this.code = code
    this.cause = cause
  }
}
