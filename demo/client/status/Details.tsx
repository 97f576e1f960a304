/**
 * Owns the details of the connection: how the last minute was, the figures and the circuit's indicator. Must never show a
 * figure of an earlier connection as if it were this one's.
 */

import { useState } from 'react'
import { useConnectionStats, useWebSocket } from '../../../hooks/index.ts'
import { useLanguage, useWords } from '../language.ts'
import type { Tone } from '../StatusBadge.tsx'
import { CircuitIndicator } from './CircuitIndicator.tsx'
import { duration, roundTrip } from './status-text.ts'
import { Timeline } from './Timeline.tsx'
import { useNow } from './useNow.ts'
import { detailWords, type Figure } from './words.ts'

/** `stranded`: the device is offline, and no try is counted. */
export function Details({ tone, stranded }: { tone: Tone; stranded: boolean }) {
  const words = useWords(detailWords)
  return (
    <section className="card details" id="details" aria-labelledby="details-headline">
      <h2 id="details-headline">{words.headline}</h2>
      <Timeline tone={tone} />
      <Figures stranded={stranded} />
      <CircuitIndicator />
    </section>
  )
}

function Figures({ stranded }: { stranded: boolean }) {
  const words = useWords(detailWords)
  const language = useLanguage()
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
      <Row name="Connected for" value={uptime === null ? '–' : duration(uptime, language)} data={uptime} />
      <Row name="Round trip" value={latency === null ? '–' : roundTrip(latency)} data={latency} />
      <Row name="Retries" value={retries === null ? '–' : String(retries)} data={retries} />
      <Row
        name="Last heard"
        value={quiet === null ? '–' : quiet < 1500 ? words.justNow : words.ago(duration(quiet, language))}
        data={quiet}
      />
      <Row name="Connections" value={String(stats.connections)} data={stats.connections} />
    </dl>
  )
}

function Row({ name, value, data }: { name: Figure; value: string; data: number | null }) {
  const { figures } = useWords(detailWords)
  return (
    <div>
      <dt>{figures[name]}</dt>
      <dd data-figure={name} data-value={data ?? ''}>
        {value}
      </dd>
    </div>
  )
}
