/**
 * Owns the three switches that break the server, as seen and set through its side door over HTTP, which works while the
 * socket does not. Must never show a switch as set that the server has not confirmed.
 */

import { useCallback, useEffect, useState } from 'react'
import type { Switches } from '../server/house.ts'

export interface SwitchBoard {
  /** What the server last said, or null while the whole process cannot be reached. */
  switches: Switches | null
  /** How far the server's clock is ahead of this one, ms. */
  ahead: number
  restart: () => void
  silence: (on: boolean) => void
  refuse: (on: boolean) => void
}

const period = 2000

export function useSwitches(): SwitchBoard {
  const [{ switches, ahead }, setBoard] = useState<Pick<SwitchBoard, 'switches' | 'ahead'>>({
    switches: null,
    ahead: 0,
  })

  const ask = useCallback(async (name: string, body?: object) => {
    try {
      const response = await fetch(`/control/${name}`, {
        ...(body
          ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
          : {}),
        signal: AbortSignal.timeout(period),
      })
      if (!response.ok) throw new Error(`${response.status}`)
      const next: Switches = await response.json()
      setBoard({ switches: next, ahead: next.now - Date.now() })
    } catch {
      setBoard((board) => ({ ...board, switches: null }))
    }
  }, [])

  useEffect(() => {
    ask('switches')
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') ask('switches')
    }, period)
    return () => clearInterval(timer)
  }, [ask])

  return {
    switches,
    ahead,
    restart: () => ask('restart', {}),
    silence: (on) => ask('silence', { on }),
    refuse: (on) => ask('refuse', { on }),
  }
}
