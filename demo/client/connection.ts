/**
 * Owns how the demo's page connects: every option that differs from the default, and why.
 */

import type { WebSocketReconnectOptions } from '../../hooks/index.ts'
import { interactive } from '../../src/index.ts'

export const connection = {
  /** Somebody is looking at this page: it never gives up, and is back within seconds of the server. */
  ...interactive,
  /** Resolved against the page (R22): the chat lives behind the same port. */
  url: '/chat',
  /** A mute server is noticed within 7 s. */
  heartbeatInterval: 5000,
  heartbeatTimeout: 2000,
  connectTimeout: 4000,
  /** Longer than it takes to notice a mute server: a connection on which nobody ever spoke proves nothing. */
  minUptime: 8000,
  /**
   * The page has an outbox of its own, because it needs to know what was acknowledged. A second queue below it would
   * send what the outbox also sends again.
   */
  queue: false,
} satisfies WebSocketReconnectOptions
