'use client'

/**
 * Owns the tie between a session and a part of the component tree (R30, R32–R34 for sessions): lends a session that is someone
 * else's, or has one of its own. Must never connect during a render or on a server.
 */

import type { ReactElement, ReactNode } from 'react'
import type { WebSocketReconnectOptions } from '../src/index.ts'
import { manageSession } from '../src/observers/managed-session.ts'
import type { Session, SessionOptions } from '../src/session/index.ts'
import { type MountOptions, useManaged } from './useManagedClient.ts'
import { SessionContext } from './useSession.ts'

/** A session of the provider's own: every option of `Session` is a prop. */
export interface OwnSessionProps<Out = any, In = any> extends Omit<SessionOptions<Out, In>, 'url'>, MountOptions {
  /** Where to connect; null, undefined or '' means closed. Another value replaces the connection and keeps the outbox. */
  url: WebSocketReconnectOptions['url'] | null | undefined
  session?: undefined
  children?: ReactNode
}

/** A session that is someone else's: never connected, closed or changed from here. */
export type GivenSessionProps = { [K in Exclude<keyof OwnSessionProps, 'session' | 'children'>]?: undefined } & {
  session: Session<any, any>
  children?: ReactNode
}

/** Props of `<SessionProvider>`. */
export type SessionProviderProps<Out = any, In = any> = OwnSessionProps<Out, In> | GivenSessionProps

/**
 * Connects while it is mounted, and lends its session to the hooks below. Give it a `url` and any option of `Session`, or a
 * `session` of your own and nothing else. The engine's options follow each render, as those of `<WebSocketProvider>` do;
 * `window`, `codec`, `framing` and what is said of the outbox are those of the first one. Another `outbox.name` is another
 * person's outbox, so everything below begins anew.
 *
 * @example
 * <SessionProvider url="wss://api.example.com/session" outbox={{ name: `chat:${userId}` }}>
 *   <App />
 * </SessionProvider>
 */
export function SessionProvider<Out = any, In = any>(props: SessionProviderProps<Out, In>): ReactElement {
  return props.session ? (
    <SessionContext.Provider value={props.session}>{props.children}</SessionContext.Provider>
  ) : (
    <Owner key={(props.outbox || { name: '' }).name} {...props} />
  )
}

function Owner({ children, session: _none, enabled = true, linger = 0, urlKey, ...options }: OwnSessionProps) {
  const session = useManaged({ options, urlKey, enabled }, linger, manageSession)
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
}
