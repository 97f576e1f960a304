'use client'

/**
 * Owns asking the server of a session from a component (R31, R32). Must never keep a request that its component no longer
 * waits for.
 */

import type { Request } from '../src/observers/request-store.ts'
import { viewClock } from '../src/observers/view-clock.ts'
import type { RequestOptions } from '../src/session/index.ts'
import { useRequestStore } from './useRequestStore.ts'
import { type SessionOption, useSession } from './useSession.ts'

/** Options of `useRequest`; each question is asked with the latest render's. */
export type SessionRequestOptions = Omit<RequestOptions, 'signal'> & SessionOption

/**
 * Asks the server of the session, and shows how it went: `data`, `error`, `isPending`. The newest question wins: the one
 * before is aborted if it still waits, and so is the last one when the component goes.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const { ask, data, isPending } = useRequest<Query, Person[]>({ whenLost: 'resend' })
 */
export function useSessionRequest<Out = unknown, R = unknown>({
  session: given,
  ...options
}: SessionRequestOptions = {}): Request<Out, R> {
  const session = useSession(given)
  return useRequestStore(viewClock(session.ws.options.clock).timers, (message, signal) =>
    session.request<R>(message, { ...options, signal }),
  )
}
