/** Owns the list of what is broken now, for whom and how long still, with a way to mend each. */

import type { FaultInForce } from '../../server/status.ts'
import { useLanguage, useWords } from '../language.ts'
import { duration } from '../status/status-text.ts'
import { useNow } from '../status/useNow.ts'
import { breakWords } from './break-words.ts'
import { page } from './side-door.ts'

interface BrokenListProps {
  broken: readonly FaultInForce[]
  /** How far the server's clock is ahead of this one, ms. */
  ahead: number
  onGive: (name: string, body?: object) => void
}

export function BrokenList({ broken, ahead, onGive }: BrokenListProps) {
  const words = useWords(breakWords)
  const language = useLanguage()
  const now = useNow(500, broken.length > 0) + ahead
  const whose = (target: string) => (target === 'all' ? words.everybody : target === page ? words.mine : target)
  return (
    <section className="broken" aria-label={words.broken} data-on={broken.length > 0}>
      <h3>{words.broken}</h3>
      {broken.length === 0 && <p className="note">{words.nothing}</p>}
      <ul>
        {broken.map(({ fault, target, until, latency, jitter }) => (
          <li key={`${fault} ${target}`}>
            <span>
              <strong>{words.lasting[fault].name}</strong>
              {latency !== undefined && ` ${latency} ± ${jitter} ms`} · {whose(target)} ·{' '}
              {words.left(duration(until - now, language))}
            </span>
            <button
              type="button"
              className="link"
              aria-label={`${words.mend}: ${words.lasting[fault].name}, ${whose(target)}`}
              onClick={() => onGive(fault, { on: false, target })}
            >
              {words.mend}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
