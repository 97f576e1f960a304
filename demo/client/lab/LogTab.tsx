/**
 * Owns the tab with the log of this page's connection: what happened, to be saved, and played again. Must never send it anywhere.
 */

import { useId, useState } from 'react'
import type { Recorder } from '../../../devtools/recorder.ts'
import { useWords } from '../language.ts'
import { useNow } from '../status/useNow.ts'
import { Entries } from './Entries.tsx'
import { logWords } from './log-words.ts'
import { ReplayView } from './ReplayView.tsx'
import { replayLog, type Step } from './replayed.ts'
import { saveFile } from './save-file.ts'

type Outcome = { steps: Step[] } | { why: string } | null

export function LogTab({ recording }: { recording: Recorder }) {
  const words = useWords(logWords)
  useNow(500, true)
  const [beats, setBeats] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>(null)
  const id = useId()
  const { count, dropped } = recording

  const play = async (text: string | Promise<string>) => {
    try {
      setOutcome({ steps: replayLog(await text) })
    } catch (error) {
      setOutcome({ why: (error as Error).message })
    }
  }
  const save = (format: 'har' | 'jsonl') => saveFile(`chat.${format}`, recording.export(format))
  return (
    <>
      <p>{count === 0 ? words.nothing : words.what}</p>
      <p className="run">
        <button type="button" className="quiet" onClick={() => save('jsonl')}>
          {words.save('JSON Lines')}
        </button>
        <button type="button" className="quiet" onClick={() => save('har')}>
          {words.save('HAR')}
        </button>
        <button type="button" className="quiet" onClick={() => play(recording.export('jsonl'))}>
          {words.replay}
        </button>
        <span className="file">
          <label htmlFor={id}>{words.load}</label>
          <input
            id={id}
            type="file"
            accept=".jsonl,application/jsonl"
            onChange={({ target }) => {
              const file = target.files?.[0]
              if (file) play(file.text())
              // The same file may be meant again.
              target.value = ''
            }}
          />
        </span>
        <button type="button" className="quiet" onClick={() => recording.clear()}>
          {words.clear}
        </button>
      </p>
      <p className="note">{words.secrets}</p>
      {outcome && 'why' in outcome && (
        <p className="fault-said" role="alert">
          {words.notALog(outcome.why)}
        </p>
      )}
      {outcome && 'steps' in outcome ? (
        <ReplayView steps={outcome.steps} onClose={() => setOutcome(null)} />
      ) : (
        <>
          <p className="run">
            <span data-figure="entries">{words.kept(count - dropped, dropped)}</span>
            <label>
              <input type="checkbox" checked={beats} onChange={({ target }) => setBeats(target.checked)} />{' '}
              {words.beats}
            </label>
          </p>
          <Entries recording={recording} beats={beats} label={words.entries} />
        </>
      )}
    </>
  )
}
