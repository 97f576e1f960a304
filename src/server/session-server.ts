/**
 * Owns a session's server: what the user gives, all connections, and what is published from outside of them.
 * Must never know how a socket came to be, nor what a database is.
 */

import type { Framing, Position } from '../session/frames.ts'
import { jsonFraming } from '../session/json-framing.ts'
import { KeptAnswers } from './answers.ts'
import type { Context, Handlers } from './context.ts'
import { type GivenLimits, readLimits } from './limits.ts'
import { checkOptions, checkSocket } from './options.ts'
import { platformClock, type ServerClock } from './platform.ts'
import { ServerConnection, type Shared } from './server-connection.ts'
import type { SessionStore } from './session-store.ts'
import { Silence } from './silence.ts'
import type { ServerSocket } from './socket-line.ts'
import { Topics } from './topics.ts'
import { type TroubleListener, troubleReporter } from './trouble.ts'

export interface SessionServerOptions<User, In> extends Handlers<User, In> {
  /** What remembers: `memoryStore()`, `sqliteStore(database)`, `redisStore({ client })`, or one of your own. */
  // biome-ignore lint/suspicious/noExplicitAny: the kind of database is between the store and the handlers.
  readonly store: SessionStore<any>
  /**
   * What names a user: one user's clients are never another's.
   * @default the user itself if it is a string or a number, else its `id`
   */
  readonly userKey?: ((user: User) => string) | undefined
  readonly limits?: GivenLimits | undefined
  /** Hears what the operator should: broken frames, floods, and what failed in handlers and store. */
  readonly onError?: TroubleListener<User> | undefined
  /**
   * An envelope of your own; the client's must be the same.
   * @default JSON, docs/SESSION-WIRE.md
   */
  readonly framing?: Framing | undefined
  /** @default the platform's */
  readonly clock?: ServerClock | undefined
}

/** One client that is connected. */
export interface Connection<User = unknown> {
  readonly user: User
  /** The client's id; empty until it has said hello. */
  readonly client: string
  readonly isOpen: boolean
  /** Sends a plain message, at most once. */
  post(data: unknown): void
  close(code?: number, reason?: string): void
}

export interface SessionServer<User = unknown> {
  /**
   * Speaks with a socket from now on. `user` is whom you have found it to belong to; undefined or null is nobody, and closes with
   * 4401.
   *
   * @example
   * wss.on('connection', (socket, request) => sessions.accept(socket, userOf(request)))
   */
  accept(socket: ServerSocket, user: User | null | undefined): Connection<User>
  /** Tells the followers of a topic, wherever they are, now or when they are back. Resolves once it is kept. */
  publish(topic: string, data: unknown): Promise<Position>
  /** Tells those who follow a topic through this server at this moment, at most once: a cursor, "is typing". */
  post(topic: string, data: unknown): void
  readonly connections: ReadonlyArray<Connection<User>>
  /** Closes every connection and refuses further ones. The store stays open, it is yours. */
  close(code?: number, reason?: string): void
}

/**
 * A server for sessions: numbered messages exactly once and in order, requests, streams that continue where they stopped.
 *
 * @example
 * const sessions = createSessionServer<User, Message>({
 *   store: memoryStore(),
 *   onSend: ({ user, data }) => ({ publish: [{ topic: data.room, data: { ...data, from: user.id } }] }),
 * })
 * new WebSocketServer({ port: 8080 }).on('connection', (socket, request) => sessions.accept(socket, userOf(request)))
 *
 * @throws TypeError or RangeError for options that cannot be meant
 * @see docs/SESSION-WIRE.md
 */
// biome-ignore lint/suspicious/noExplicitAny: what a message holds is between the user's two ends.
export function createSessionServer<User = unknown, In = any>(
  options: SessionServerOptions<User, In>,
): SessionServer<User> {
  const { store, onSend, onRequest, onPlain, canFollow, onError } = Object(options) as typeof options
  if (typeof Object(store).commit !== 'function')
    throw new TypeError('createSessionServer: "store" must be a store, such as memoryStore().')
  checkOptions(options)
  const limits = readLimits(options.limits)
  const framing = options.framing ?? jsonFraming
  const clock = options.clock ?? platformClock
  const report = troubleReporter(onError)
  const handlers: Handlers<User, In> = { onSend, onRequest, onPlain, canFollow }
  const userKey = options.userKey ?? keyOf
  const context: Context<User> = { store, framing, limits, clock, handlers, report, userKey }
  const connections = new Map<ServerConnection<User>, Connection<User>>()
  let isClosed = false

  const closeAll = (code: number, reason: string) => {
    for (const connection of [...connections.keys()]) connection.close(code, reason)
  }
  const shared: Shared = {
    topics: new Topics(store, framing, clock),
    kept: new KeptAnswers(),
    silence: new Silence(clock, limits.silence, (connection) =>
      connection.close(4408, `no word within ${limits.silence} ms`),
    ),
    onClose: (connection) => connections.delete(connection as ServerConnection<never> as never),
    async forgotten(connection, epoch) {
      // A store that counts as before has forgotten this client alone: too long ago, or too many since.
      if ((await store.epoch) !== epoch) return shared.memoryLost()
      connection.close(1011, 'the server has forgotten you: say hello again')
    },
    async memoryLost() {
      if (connections.size)
        report({ code: 'MEMORY_LOST', message: 'the store has lost its memory: every client begins anew.' })
      closeAll(1011, 'the server has lost its memory: say hello again')
    },
  }
  store.keep?.(limits, clock.now)
  const stopWatching = store.watchEpoch?.(() => void shared.memoryLost())

  return {
    accept(socket, user) {
      checkSocket(socket)
      const connection = new ServerConnection(context, shared, socket, user as User)
      const shown = shownAs(connection)
      connections.set(connection, shown)
      if (isClosed) connection.close(1001, 'the server is closing')
      else if (user === undefined || user === null) {
        report({ code: 'NO_USER', message: 'a connection without a user was turned away.' })
        connection.close(4401, 'no user')
      }
      return shown
    },
    async publish(topic, data) {
      if (typeof topic !== 'string') throw new TypeError(`publish: a topic is a string, got ${typeof topic}.`)
      return store.append(topic, data)
    },
    post: (topic, data) => shared.topics.post(topic, data),
    get connections() {
      return [...connections.values()]
    },
    close(code = 1001, reason = 'the server is closing') {
      isClosed = true
      stopWatching?.()
      closeAll(code, reason)
    },
  }
}

function shownAs<User>(connection: ServerConnection<User>): Connection<User> {
  return {
    user: connection.sender.user,
    get client() {
      return connection.sender.client
    },
    get isOpen() {
      return connection.isOpen
    },
    post: (data) => connection.post(data),
    close: (code = 1000, reason = '') => connection.close(code, reason),
  }
}

function keyOf(user: unknown): string {
  const key = typeof user === 'object' && user ? (user as { id?: unknown }).id : user
  if (typeof key === 'string' || typeof key === 'number') return String(key)
  throw new TypeError('createSessionServer: this user has no id; say with "userKey" what names a user.')
}
