/** Owns the circuit breaker's indicator: closed, open or half-open, and how many failures there have been of how many. */

import { useCircuitState } from '../../../hooks/index.ts'
import { useWords } from '../language.ts'
import { detailWords } from './words.ts'

export function CircuitIndicator() {
  const { circuitState, circuitFailures, failureThreshold } = useCircuitState()
  const words = useWords(detailWords)
  const shown = Math.min(circuitFailures, failureThreshold)
  return (
    <div className="circuit" data-circuit={circuitState}>
      <svg viewBox="0 0 48 20" width="48" height="20" aria-hidden="true">
        <path d="M2 10H14M34 10H46" />
        <path className="blade" d="M14 10H34" />
        <circle cx="14" cy="10" r="2.5" />
        <circle cx="34" cy="10" r="2.5" />
      </svg>
      <p>
        {words.circuit} <strong>{words.states[circuitState]}</strong>
      </p>
      <p className="failures">
        <span className="dots" aria-hidden="true">
          {Array.from({ length: failureThreshold }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the dots are all alike and never move.
            <i key={index} data-on={index < shown} />
          ))}
        </span>
        {words.failures(shown, failureThreshold)}
      </p>
    </div>
  )
}
