'use client'

/** The door of `react-websocket-reconnect/session/react`: the provider of a session, and the hooks that use it. */

export type { OutboxView } from '../src/observers/outbox-view.ts'
export type { Request } from '../src/observers/request-store.ts'
export type { Stream } from '../src/observers/stream-store.ts'
export type { GivenSessionProps, OwnSessionProps, SessionProviderProps } from './SessionProvider.tsx'
export { SessionProvider } from './SessionProvider.tsx'
export { useDelivery } from './useDelivery.ts'
export { useOutbox } from './useOutbox.ts'
export type { SessionOption } from './useSession.ts'
export { useSession } from './useSession.ts'
export type { SessionRequestOptions } from './useSessionRequest.ts'
export { useSessionRequest as useRequest } from './useSessionRequest.ts'
export type { StreamOptions } from './useStream.ts'
export { useStream } from './useStream.ts'
