/**
 * Owns how the demo's page connects: every option that differs from the default, and why.
 */

import { interactive } from '../../src/index.ts'
import type { SessionOptions } from '../../src/session/index.ts'
import { bounds } from '../protocol.ts'
import { page } from './lab/side-door.ts'

export const connection = {
  /** Somebody is looking at this page: it never gives up, and is back within seconds of the server. */
  ...interactive,
  /** Resolved against the page (R22): the chat lives behind the same port. The id is for who breaks one page alone. */
  url: `/chat?page=${page}`,
  /** A mute server is noticed within 7 s. */
  heartbeatInterval: 5000,
  heartbeatTimeout: 2000,
  connectTimeout: 4000,
  /** A connection that does not last as long as it takes to notice a mute server proves nothing. */
  minUptime: 8000,
  /** One for this browser: what a closed tab has left behind, any other one sends. With a login it would name the user. */
  outbox: { name: 'chat', maxMessages: bounds.outbox },
} satisfies SessionOptions
