/**
 * Owns the fleets of this page: one after the other, each with other options, and what came of each. Must never run two at once, nor
 * one that nobody sees any more.
 */

import { useEffect, useRef, useState } from 'react'
import { interactive } from '../../../src/index.ts'
import { type FleetOptions, FleetRun, type FleetView } from './fleet-run.ts'
import { ask } from './side-door.ts'

export type PlanName = 'none' | 'defaults' | 'interactive'

/** As after hours of an untroubled connection: how long a fleet had been up is not the question. */
const alike = { minUptime: 0 }

/** How the three differ. */
export const plans: readonly { name: PlanName; options: FleetOptions['options'] }[] = [
  { name: 'none', options: { ...alike, jitter: 0 } },
  { name: 'defaults', options: alike },
  { name: 'interactive', options: { ...alike, ...interactive } },
]

export const fleetSize = 50
const sample = 200

export type FleetViews = Partial<Record<PlanName, FleetView>>

export function useFleet() {
  const [views, setViews] = useState<FleetViews>({})
  const [running, setRunning] = useState<PlanName | null>(null)
  const run = useRef<FleetRun | null>(null)
  /** Which pressing of the button is meant; another one ends it. */
  const turn = useRef(0)

  const stop = () => {
    turn.current++
    run.current?.close()
  }
  useEffect(() => stop, [])

  async function start(away: number) {
    stop()
    const mine = turn.current
    setViews({})
    for (const { name, options } of plans) {
      setRunning(name)
      const fleet = new FleetRun({ size: fleetSize, url: '/fleet', options, crash: () => ask('fleet', { away }) })
      run.current = fleet
      const look = () => setViews((views) => ({ ...views, [name]: fleet.view }))
      const timer = setInterval(look, sample)
      await fleet.done
      clearInterval(timer)
      look()
      if (mine !== turn.current) break
    }
    if (mine === turn.current || run.current?.view.phase === 'done') setRunning(null)
  }

  return { views, running, start, stop }
}
