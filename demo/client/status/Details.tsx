/**
 * Owns the details of the connection: how the last minute was, the figures and the circuit's indicator. Must never show a
 * figure of an earlier connection as if it were this one's.
 */

import { useState } from 'react'
import { useConnectionStats, useWebSocket } from '../../../hooks/index.ts'
import type { Tone } from '../StatusBadge.tsx'
import { CircuitIndicator } from './CircuitIndicator.tsx'
import { duration, roundTrip } from './status-text.ts'
import { Timeline } from './Timeline.tsx'
import { useNow } from './useNow.ts'

/** `stranded`: the device is offline, and no try is counted. */
export function Details({ tone, stranded }: { tone: Tone; stranded: boolean }) {
  return (
    <section className="card details" id="details" aria-labelledby="details-headline">
      <h2 id="details-headline">In detail</h2>
      <Timeline tone={tone} />
      <Figures stranded={stranded} />
      <CircuitIndicator />
    </section>
  )
}

function Figures({ stranded }: { stranded: boolean }) {
  const { state, connectionId } = useWebSocket()
  const stats = useConnectionStats({ interval: 1000 })
  // The engine keeps the last round trip; only one measured on this connection is said to be its own.
  const [measured, setMeasured] = useState(0)
  useWebSocket({ onLatency: () => setMeasured(connectionId) })
  const open = state === 'OPEN'
  const latency = open && measured === connectionId ? stats.latency : null
  const uptime = open ? stats.uptime : null
  const now = useNow(1000, stats.lastActivity !== null)
  const quiet = stats.lastActivity === null ? null : Math.max(0, now - stats.lastActivity)
  const retries = stranded ? null : stats.retryCount
  return (
    <dl>
      <Figure label="Connected for" value={uptime === null ? '–' : duration(uptime)} data={uptime} />
      <Figure label="Round trip" value={latency === null ? '–' : roundTrip(latency)} data={latency} />
      <Figure label="Retries" value={retries === null ? '–' : String(retries)} data={retries} />
      <Figure
        label="Last heard"
        value={quiet === null ? '–' : quiet < 1500 ? 'just now' : `${duration(quiet)} ago`}
        data={quiet}
      />
      <Figure label="Connections" value={String(stats.connections)} data={stats.connections} />
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
