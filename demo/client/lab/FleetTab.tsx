/** Owns the tab with the fleets: three of them, side by side, to one scale. */

import { useId, useState } from 'react'
import { useWords } from '../language.ts'
import { backAfter, type FleetView, peakOf } from './fleet-run.ts'
import { fleetWords } from './fleet-words.ts'
import { Histogram } from './Histogram.tsx'
import { type FleetViews, fleetSize, plans, useFleet } from './useFleet.ts'

const absences = [1, 4, 10]

export function FleetTab() {
  const words = useWords(fleetWords)
  const { views, running, start, stop } = useFleet()
  const [away, setAway] = useState(4)
  const id = useId()
  const scale = scaleOf(views)
  return (
    <>
      <p>{words.what(fleetSize)}</p>
      <p className="run">
        <label htmlFor={id}>{words.away}</label>
        <select id={id} value={away} onChange={({ target }) => setAway(Number(target.value))}>
          {absences.map((seconds) => (
            <option key={seconds} value={seconds}>
              {words.seconds(seconds)}
            </option>
          ))}
        </select>
        <button type="button" onClick={() => (running ? stop() : start(away * 1000))}>
          {running ? words.stop : words.run}
        </button>
      </p>
      <p className="legend" aria-hidden="true">
        <i className="knocks" /> {words.knocks} <i className="opened" /> {words.opened}
      </p>
      <ul className="fleets">
        {plans.map(({ name }) => (
          <li key={name} data-plan={name} data-phase={views[name]?.phase ?? 'idle'}>
            <h3>
              <code>{words.plans[name]}</code>
            </h3>
            <p className="note">{words.notes[name]}</p>
            <Outcome view={views[name]} scale={scale} />
          </li>
        ))}
      </ul>
      <p className="note">{words.browser}</p>
    </>
  )
}

interface Scale {
  seconds: number
  most: number
}

function Outcome({ view, scale }: { view: FleetView | undefined; scale: Scale }) {
  const words = useWords(fleetWords)
  if (!view) return <p className="note">{words.idle}</p>
  if (view.phase === 'gathering') return <p className="note">{words.gathering(view.gathered, view.size)}</p>
  const back = backAfter(view)
  const peak = peakOf(view.knocks)
  const after = back === null ? words.not : `${(back / 1000).toFixed(1)} s`
  return (
    <>
      <Histogram knocks={view.knocks} label={words.picture(peak, after)} {...scale} />
      <dl>
        <div>
          <dt>{words.peak}</dt>
          <dd data-figure="peak">{peak}</dd>
        </div>
        <div>
          <dt>{words.back}</dt>
          <dd data-figure="back">{after}</dd>
        </div>
        <div>
          <dt>{words.tries}</dt>
          <dd data-figure="tries">{view.knocks.length}</dd>
        </div>
      </dl>
    </>
  )
}

/** One for all three, or they could not be compared. */
function scaleOf(views: FleetViews): Scale {
  const all = Object.values(views)
  const last = Math.max(0, ...all.flatMap(({ knocks }) => knocks.map(({ at }) => at)))
  return {
    seconds: Math.max(8, Math.ceil(last / 1000)),
    most: Math.max(10, ...all.map(({ knocks }) => peakOf(knocks))),
  }
}
