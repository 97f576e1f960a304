/**
 * Owns the status badge: the connection's state in words, why it is so, the figures, the circuit's lamp, the countdown to
 * the next try and the one button. Must never show a figure of an earlier connection as if it were this one's.
 */

import { useState } from 'react'
import { useCircuitState, useConnectionStats, useWebSocket } from '../../hooks/index.ts'
import { CircuitLamp } from './CircuitLamp.tsx'
import { Countdown } from './Countdown.tsx'
import { Timeline } from './Timeline.tsx'
import { useNow } from './useNow.ts'
import { duration, moveFor, roundTrip, type Words } from './words.ts'

interface ConnectionCardProps {
  words: Words
  unfolded: boolean
  onUnfold: (unfolded: boolean) => void
}

export function ConnectionCard({ words, unfolded, onUnfold }: ConnectionCardProps) {
  const { state, connectionId, retryAt, retryCount } = useWebSocket()
  const { circuitState } = useCircuitState()
  return (
    <section
      className="card connection"
      aria-labelledby="connection-headline"
      data-tone={words.tone}
      data-state={state}
      data-circuit={circuitState}
      data-connection={connectionId}
      data-retry-at={retryAt ?? ''}
      data-retries={retryCount}
    >
      <div className="headline">
        <span className="lamp" aria-hidden="true" />
        <div>
          <h2 id="connection-headline">{words.headline}</h2>
          <p className="why">{words.why}</p>
        </div>
      </div>
      <Countdown />
      <div className="moves">
        <MoveButton />
        <button
          type="button"
          className="quiet fold"
          aria-expanded={unfolded}
          aria-controls="figures more"
          onClick={() => onUnfold(!unfolded)}
        >
          {unfolded ? 'Fold' : 'Details'}
        </button>
      </div>
      <div className="figures" id="figures">
        <Timeline tone={words.tone} />
        <Figures />
        <CircuitLamp />
      </div>
    </section>
  )
}

/** Always there, so that whoever has it focused keeps it; what it does follows the state. */
function MoveButton() {
  const { state, connect, reconnect } = useWebSocket()
  const { closeCircuit } = useCircuitState()
  const { move, label } = moveFor(state)
  const act = () => {
    if (move === 'close-circuit') closeCircuit()
    else if (move === 'connect') connect()
    else if (move !== 'wait') reconnect()
  }
  return (
    <button
      type="button"
      className={move === 'replace' ? 'quiet move' : 'move'}
      aria-disabled={move === 'wait'}
      onClick={act}
    >
      {label}
    </button>
  )
}

function Figures() {
  const { state, connectionId } = useWebSocket()
  const stats = useConnectionStats({ interval: 1000 })
  // The engine keeps the last round trip; only one measured on this connection is said to be its own.
  const [measured, setMeasured] = useState(0)
  useWebSocket({ onLatency: () => setMeasured(connectionId) })
  const open = state === 'OPEN'
  const latency = open && measured === connectionId ? stats.latency : null
  const now = useNow(1000, stats.lastActivity !== null)
  const quiet = stats.lastActivity === null ? null : Math.max(0, now - stats.lastActivity)
  return (
    <dl>
      <Figure label="Round trip" value={latency === null ? '–' : roundTrip(latency)} data={latency} />
      <Figure label="Retries" value={String(stats.retryCount)} data={stats.retryCount} />
      <Figure
        label="Last heard"
        value={quiet === null ? '–' : quiet < 1500 ? 'just now' : `${duration(quiet)} ago`}
        data={quiet}
      />
      <Figure label="Connections so far" value={String(stats.connections)} data={stats.connections} />
    </dl>
  )
}

function Figure({ label, value, data }: { label: string; value: string; data: number | null }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-figure={label} data-value={data ?? ''}>
        {value}
      </dd>
    </div>
  )
}
