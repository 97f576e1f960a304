/** Owns the countdown to the next try: a line that empties, and the seconds left. Nothing while no try is due. */

import { useState } from 'react'
import { useWebSocket } from '../../hooks/index.ts'
import { useNow } from './useNow.ts'
import { countdown } from './words.ts'

export function Countdown() {
  const { retryAt, state } = useWebSocket()
  const now = useNow(retryAt === null ? null : 100)
  // How long the whole wait is: as much as was left when it was first seen.
  const [wait, setWait] = useState({ until: 0, whole: 1 })
  if (retryAt !== null && wait.until !== retryAt) setWait({ until: retryAt, whole: Math.max(1, retryAt - Date.now()) })
  if (retryAt === null) return null
  const left = Math.max(0, retryAt - now)
  return (
    <div className="countdown" data-left={left}>
      <p>
        {state === 'BLOCKED' ? 'A trial in' : 'Next try in'} <strong>{countdown(left)}</strong>
      </p>
      <div className="line" aria-hidden="true">
        <i style={{ transform: `scaleX(${Math.min(1, left / wait.whole)})` }} />
      </div>
    </div>
  )
}
