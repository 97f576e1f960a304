/** Owns what stands between messages: the day, what is no longer kept, what was recovered, and where one stopped reading. */

import { useLanguage, useWords } from '../language.ts'
import { useNow } from '../status/useNow.ts'
import { dayOf } from './days.ts'
import type { Row } from './rows.ts'
import { logWords } from './words.ts'

export function Divider({ row }: { row: Exclude<Row, { kind: 'message' | 'going' }> }) {
  const words = useWords(logWords)
  switch (row.kind) {
    case 'day':
      return <Day at={row.at} />
    case 'gap':
      return <li className="gap">{words.gone(row.count, row.isFirst)}</li>
    case 'recovered':
      return (
        <li className="recovered">
          <span>{words.recovered(row.count)}</span>
        </li>
      )
    case 'new':
      return (
        <li className="new-line">
          <span>{words.line}</span>
        </li>
      )
  }
}

/** What is today will be yesterday. */
function Day({ at }: { at: number }) {
  const words = useWords(logWords)
  const language = useLanguage()
  const now = useNow(60_000, true)
  return (
    <li className="day">
      <time dateTime={new Date(at).toISOString()}>{dayOf(at, now, language, words)}</time>
    </li>
  )
}
