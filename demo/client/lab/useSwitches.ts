/**
 * Owns the three switches that break the server, as seen and set through its side door over HTTP, which works while the
 * socket does not. Must never show a switch as set that the server has not confirmed.
 */

import { useEffect, useState } from 'react'
import type { Switches } from '../../server/status.ts'

export interface SwitchBoard {
  /** What the server last said, or null while the whole process cannot be reached. */
  switches: Switches | null
  /** How far the server's clock is ahead of this one, ms. */
  ahead: number
  restart: () => Promise<void>
  silence: (on: boolean) => Promise<void>
  refuse: (on: boolean) => Promise<void>
}

const period = 2000

type Seen = Pick<SwitchBoard, 'switches' | 'ahead'>

/** `occasion`: a new value is a reason to look at once. */
export function useSwitches(occasion: unknown): SwitchBoard {
  const [seen, setSeen] = useState<Seen>({ switches: null, ahead: 0 })

  useEffect(() => {
    const look = () => ask('switches').then(setSeen)
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look()
    }, period)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    if (occasion !== undefined) ask('switches').then(setSeen)
  }, [occasion])

  return {
    ...seen,
    restart: () => ask('restart', {}).then(setSeen),
    silence: (on) => ask('silence', { on }).then(setSeen),
    refuse: (on) => ask('refuse', { on }).then(setSeen),
  }
}

/** Asks the side door for the switches, after setting one if there is a body. */
async function ask(name: string, body?: object): Promise<Seen> {
  try {
    const response = await fetch(`/control/${name}`, {
      ...(body ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      signal: AbortSignal.timeout(period),
    })
    if (!response.ok) throw new Error(`${response.status}`)
    const switches: Switches = await response.json()
    return { switches, ahead: switches.now - Date.now() }
  } catch {
    return { switches: null, ahead: 0 }
  }
}
