/**
 * The door of `react-websocket-reconnect/session`: messages that arrive once and in order, requests, and streams that miss nothing,
 * over one connection that comes back (docs/SESSION.md).
 */

export { RequestError, type RequestErrorCode, type RequestOptions } from '../requests/index.ts'
export type { Delivery, DeliveryStatus, Outbox, OutboxEntry, OutboxSnapshot } from './delivery.ts'
export type {
  ClientFrame,
  Framing,
  PlainFrame,
  Position,
  RefusalNote,
  ServerFrame,
  SessionFrame,
} from './frames.ts'
export { indexedDbOutbox } from './indexed-db-outbox.ts'
export { jsonFraming } from './json-framing.ts'
export { memoryOutbox } from './memory-outbox.ts'
export { OutboxError, type OutboxErrorCode } from './outbox-error.ts'
export type {
  NewMessage,
  Numbered,
  OpenOutbox,
  OutboxChange,
  OutboxContents,
  OutboxState,
  OutboxStore,
  StoredMessage,
} from './outbox-store.ts'
export { Session } from './session.ts'
export type { OutboxOptions, OutboxSendOptions, SessionOptions } from './session-options.ts'
export type { StreamHandlers, StreamStatus } from './streams.ts'
