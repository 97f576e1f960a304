/**
 * Owns the line that says how long: until the next try, emptying; or, while connected, how long already. It is always
 * there, so that nothing below it moves when the connection comes and goes.
 */

import { useState } from 'react'
import { useConnectionStats, useWebSocket } from '../../hooks/index.ts'
import { useNow } from './useNow.ts'
import { countdown, duration } from './words.ts'

export function Countdown() {
  const { retryAt, state } = useWebSocket()
  const uptime = useConnectionStats({ selector: (stats) => stats.uptime })
  const now = useNow(100, retryAt !== null)
  // How long the whole wait is: as much as was left when it was first seen.
  const [wait, setWait] = useState({ until: 0, whole: 1 })
  if (retryAt !== null && wait.until !== retryAt) setWait({ until: retryAt, whole: Math.max(1, retryAt - now) })
  const left = retryAt === null ? null : Math.max(0, retryAt - now)
  const open = state === 'OPEN'
  return (
    <div className="countdown" data-left={left ?? ''} data-uptime={open ? uptime : ''}>
      <p>
        {left !== null ? (
          <>
            {state === 'BLOCKED' ? 'A trial in' : 'Next try in'} <strong>{countdown(left)}</strong>
          </>
        ) : open ? (
          <>
            For <strong>{duration(uptime)}</strong>
          </>
        ) : state === 'CONNECTING' ? (
          'Dialling now'
        ) : (
          'No try is due'
        )}
      </p>
      <div className="line" aria-hidden="true">
        <i style={{ transform: `scaleX(${left === null ? Number(open) : Math.min(1, left / wait.whole)})` }} />
      </div>
    </div>
  )
}
