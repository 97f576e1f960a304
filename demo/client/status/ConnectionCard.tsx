/**
 * Owns the card about the connection: the badge, and on small pages the button that shows the details. What tests and
 * style sheets want to know stands in its data attributes.
 */

import { useCircuitState, useWebSocket } from '../../../hooks/index.ts'
import { useWords } from '../language.ts'
import { StatusBadge, useStatus } from '../StatusBadge.tsx'
import { cardWords } from './words.ts'

interface ConnectionCardProps {
  preparing: string | null
  unfolded: boolean
  onUnfold: (unfolded: boolean) => void
}

export function ConnectionCard({ preparing, unfolded, onUnfold }: ConnectionCardProps) {
  const { state, status, connectionId, retryAt, retryCount } = useWebSocket()
  const { circuitState } = useCircuitState()
  const { tone } = useStatus(preparing)
  const words = useWords(cardWords)
  return (
    <section
      className="card connection"
      aria-label={words.connection}
      data-tone={tone}
      data-state={state}
      data-status={status}
      data-circuit={circuitState}
      data-connection={connectionId}
      data-retry-at={retryAt ?? ''}
      data-retries={retryCount}
    >
      <StatusBadge preparing={preparing} words={words.badge}>
        <button
          type="button"
          className="quiet fold"
          aria-expanded={unfolded}
          aria-controls="details"
          onClick={() => onUnfold(!unfolded)}
        >
          {unfolded ? words.fold : words.details}
        </button>
      </StatusBadge>
    </section>
  )
}
