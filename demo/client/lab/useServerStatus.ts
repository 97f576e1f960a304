/**
 * Owns the server's view of itself while somebody looks at it: asked once a second, and after each order. Must never ask while nobody
 * looks.
 */

import { useCallback, useEffect, useState } from 'react'
import type { DemoServerStatus } from '../../server/status.ts'
import { type Answer, ask } from './side-door.ts'

const period = 1000

export interface ServerView {
  /** Null while the process cannot be reached; undefined before it has been asked. */
  status: DemoServerStatus | null | undefined
  /** How far the server's clock is ahead of this one, ms. */
  ahead: number
  /** What the server expected instead of the last order, or null. */
  expected: string | null
  order: (name: string, body: object) => Promise<void>
}

export function useServerStatus(): ServerView {
  const [seen, setSeen] = useState<Pick<ServerView, 'status' | 'ahead'>>({ status: undefined, ahead: 0 })
  const [expected, setExpected] = useState<string | null>(null)
  const show = useCallback(
    ({ value }: Answer<DemoServerStatus>) =>
      setSeen({ status: value, ahead: value ? value.switches.now - Date.now() : 0 }),
    [],
  )
  useEffect(() => {
    ask<DemoServerStatus>('status').then(show)
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') ask<DemoServerStatus>('status').then(show)
    }, period)
    return () => clearInterval(timer)
  }, [show])
  return {
    ...seen,
    expected,
    async order(name, body) {
      const answer = await ask(name, body)
      setExpected(answer.expected)
      show(await ask<DemoServerStatus>('status'))
    },
  }
}
