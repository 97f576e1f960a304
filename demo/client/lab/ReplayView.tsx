/** Owns what a replay has led to: each step with its state and its deadline, and whether it is what was recorded. */

import { useWords } from '../language.ts'
import { logWords } from './log-words.ts'
import type { Step } from './replayed.ts'

const shown = 300

const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`

export function ReplayView({ steps, onClose }: { steps: readonly Step[]; onClose: () => void }) {
  const words = useWords(logWords)
  const differing = steps.filter(({ agrees }) => !agrees).length
  const older = Math.max(0, steps.length - shown)
  const { columns } = words
  return (
    <section className="replay" aria-label={words.replayed} data-agrees={differing === 0}>
      <p className="run">
        <strong role="status">{differing ? words.differs(differing, steps.length) : words.agrees(steps.length)}</strong>
        <button type="button" className="quiet" onClick={onClose}>
          {words.close}
        </button>
      </p>
      {older > 0 && <p className="note">{words.older(older)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <div className="scroller" tabIndex={0} role="group" aria-label={words.replayed}>
        <table>
          <thead>
            <tr>
              {Object.entries(columns).map(([name, text]) => (
                <th key={name} scope="col">
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.slice(older).map(({ at, event, phase, wait, effects, agrees }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place.
              <tr key={index} data-agrees={agrees}>
                <td>{seconds(at)}</td>
                <td>{event}</td>
                <td>{phase}</td>
                <td>{wait === null ? '–' : `+${seconds(wait)}`}</td>
                <td>{effects}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
