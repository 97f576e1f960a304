/**
 * Owns what is broken at the server, as a page sees it and sets it through the side door. Must never show anything as broken that
 * the server has not confirmed.
 */

import { useCallback, useEffect, useState } from 'react'
import type { Switches } from '../../server/status.ts'
import { ask } from './side-door.ts'

export interface SwitchBoard {
  /** What the server last said, or null while the whole process cannot be reached. */
  switches: Switches | null
  /** How far the server's clock is ahead of this one, ms. */
  ahead: number
  /** Resolves with what the server expected instead, or null. */
  order: (name: string, body?: object) => Promise<string | null>
}

const period = 2000

type Seen = Pick<SwitchBoard, 'switches' | 'ahead'>

/** `occasion`: a new value is a reason to look at once. */
export function useSwitches(occasion: unknown): SwitchBoard {
  const [seen, setSeen] = useState<Seen>({ switches: null, ahead: 0 })
  const show = useCallback(
    (switches: Switches | null) => setSeen({ switches, ahead: switches ? switches.now - Date.now() : 0 }),
    [],
  )

  useEffect(() => {
    const look = () => ask<Switches>('switches').then(({ value }) => show(value))
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look()
    }, period)
    return () => clearInterval(timer)
  }, [show])
  useEffect(() => {
    if (occasion !== undefined) ask<Switches>('switches').then(({ value }) => show(value))
  }, [occasion, show])

  return {
    ...seen,
    async order(name, body = {}) {
      const { value, expected } = await ask<Switches>(name, body)
      if (expected === null) show(value)
      return expected
    },
  }
}
