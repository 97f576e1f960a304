/** Owns the list of what was recorded, newest first. Must never draw more of it than anybody reads. */

import type { Recorder } from '../../../devtools/recorder.ts'
import { clockTime, entryText, isHeartbeat } from './entry-text.ts'

const shown = 150

interface EntriesProps {
  recording: Recorder
  /** Whether heartbeats are listed. */
  beats: boolean
  label: string
}

export function Entries({ recording, beats, label }: EntriesProps) {
  const found: React.ReactNode[] = []
  const { count, dropped, wallOffset } = recording
  for (let n = count - 1; n >= dropped && found.length < shown; n--) {
    const entry = recording.get(n)
    if (!entry || (!beats && isHeartbeat(entry))) continue
    found.push(
      <li key={n} data-type={entry.type}>
        <time>{clockTime(entry.at + wallOffset)}</time> <span dir="auto">{entryText(entry)}</span>
      </li>,
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <ol className="entries" aria-label={label} tabIndex={0}>
      {found}
    </ol>
  )
}
