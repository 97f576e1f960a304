'use client'

/**
 * Owns asking from a component, over whatever protocol `createRequests` was told (R31, R32). Must never keep a request that its
 * component no longer waits for.
 */

import type { Request } from '../src/observers/request-store.ts'
import { viewClock } from '../src/observers/view-clock.ts'
import type { RequestOptions, Requests } from '../src/requests/index.ts'
import { useRequestStore } from './useRequestStore.ts'

/** Options of `useRequest`; each question is asked with the latest render's. */
export type UseRequestOptions = Omit<RequestOptions, 'signal'>

/**
 * Asks, and shows how it went: `data`, `error`, `isPending`. The newest question wins: the one before is aborted if it still
 * waits, and so is the last one when the component goes.
 *
 * @example
 * const { ask, data, error, isPending } = useRequest(rpc, { timeout: 5000 })
 * <button onClick={() => ask({ method: 'refresh' })} disabled={isPending} />
 */
export function useRequest<Out, R>(requests: Requests<Out, R>, options?: UseRequestOptions): Request<Out, R> {
  return useRequestStore(viewClock(undefined).timers, (message, signal) =>
    requests.ask(message, { ...options, signal }),
  )
}
