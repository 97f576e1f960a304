/** The door of `react-websocket-reconnect/server`: sessions over any server's sockets, such as those of `ws`. For Node. */

export type { Decision, RequestArguments, SendArguments, Sender } from './context.ts'
export type { GivenLimits, SessionLimits } from './limits.ts'
export { type MemoryStoreOptions, memoryStore } from './memory-store.ts'
export type { ServerClock } from './platform.ts'
export type { RedisClient } from './redis-client.ts'
export { type RedisStoreOptions, redisStore } from './redis-store.ts'
export {
  type Connection,
  createSessionServer,
  type SessionServer,
  type SessionServerOptions,
} from './session-server.ts'
export type { Commit, Committed, Publication, Retention, SessionStore, StreamEvent } from './session-store.ts'
export type { ServerSocket } from './socket-line.ts'
export { type SqliteStoreOptions, sqliteStore } from './sqlite-store.ts'
export type { SqliteDatabase, SqliteStatement } from './sqlite-tables.ts'
export type { Trouble, TroubleCode, TroubleListener } from './trouble.ts'
export { Refusal, Wait } from './verdicts.ts'
