/**
 * Owns the tab that breaks the server: for whom, every way there is, and what is broken now. Must never show anything as broken that
 * the server has not confirmed.
 */

import { useId, useState } from 'react'
import type { DemoServerStatus } from '../../server/status.ts'
import { useWords } from '../language.ts'
import { BrokenList } from './BrokenList.tsx'
import { type BreakWords, breakWords } from './break-words.ts'
import { LastingFaults } from './LastingFaults.tsx'
import { OnceFaults } from './OnceFaults.tsx'
import { ServerView } from './ServerView.tsx'
import { page } from './side-door.ts'
import { useServerStatus } from './useServerStatus.ts'

export function BreakTab() {
  const words = useWords(breakWords)
  const { status, ahead, expected, order } = useServerStatus()
  const [target, setTarget] = useState<string>(page)
  const id = useId()
  const usable = !!status
  const give = (name: string, body: object = {}) => void (usable && order(name, { target, ...body }))
  return (
    <>
      <p className="whom">
        <label htmlFor={id}>{words.whom}</label>
        <select id={id} value={target} onChange={({ target }) => setTarget(target.value)}>
          <option value={page}>{words.mine}</option>
          <option value="all">{words.everybody}</option>
          {others(status, target, words).map(([id, text]) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
      </p>
      <p className="fault-said" role="alert">
        {expected ? words.expected(expected) : status === null ? words.unreachable : ''}
      </p>
      <OnceFaults usable={usable} onGive={give} />
      <LastingFaults usable={usable} switches={status?.switches ?? null} target={target} onGive={give} />
      <BrokenList broken={status?.switches.broken ?? []} ahead={ahead} onGive={give} />
      {status && <ServerView status={status} />}
    </>
  )
}

/** Everybody else, by id, and whoever is aimed at. */
function others(status: DemoServerStatus | null | undefined, target: string, words: BreakWords): [string, string][] {
  const found = new Map<string, string>()
  for (const { id, nick, room } of status?.connections ?? [])
    if (id !== page) found.set(id, nick ? words.other(nick, room) : words.unnamed)
  if (target !== 'all' && target !== page && !found.has(target)) found.set(target, words.gone)
  return [...found]
}
