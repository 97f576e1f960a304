'use client'

/**
 * Owns the circuit breaker as a component sees it (R8–R13).
 * Must never render a component for a field it has not read.
 */

import type { CircuitState } from '../src/index.ts'
import type { ClientObserver } from '../src/observers/client-observer.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useObserver } from './useObserver.ts'
import { useTrackedView } from './useTrackedView.ts'

const FIELDS = ['circuitState', 'circuitFailures', 'failureThreshold', 'halfOpenAt'] as const

/** What `useCircuitState` returns; reading a field subscribes to it. */
export interface Circuit {
  /** `CLOSED` all is well, `OPEN` nothing dials, `HALF-OPEN` a few trials. */
  readonly circuitState: CircuitState
  /** Consecutive failures so far. */
  readonly circuitFailures: number
  /** How many open the circuit; Infinity with `circuitBreaker: false`. */
  readonly failureThreshold: number
  /** When an open circuit half-opens, epoch ms, or null. */
  readonly halfOpenAt: number | null
  /**
   * Opens the circuit by hand for `durationMs` (default `resetTimeout`; Infinity holds it); a DOM event counts as no
   * argument.
   * @throws TypeError for what is no duration.
   */
  readonly openCircuit: (durationMs?: number | { readonly type: string }) => void
  /** Closes the circuit by hand and forgets the failures; a BLOCKED client dials at once. */
  readonly closeCircuit: () => void
}

const functions = ({ client }: ClientObserver) => ({
  openCircuit: (durationMs?: number | { readonly type: string }) =>
    client.openCircuit(typeof durationMs === 'object' ? undefined : durationMs),
  closeCircuit: () => client.closeCircuit(),
})

export const createUseCircuitState = (context: HookContext) =>
  function useCircuitState({ client }: ClientOption = {}): Circuit {
    return useTrackedView(useObserver(context, client), FIELDS, functions)
  }

/**
 * The circuit breaker of the nearest provider's connection, or of `client`.
 * @throws Error where there is none.
 */
export const useCircuitState: (options?: ClientOption) => Circuit =
  /* @__PURE__ */ createUseCircuitState(defaultContext)
