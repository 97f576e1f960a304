/** Owns what stays broken for a while: a switch for each, on while the server says so. */

import { useId, useState } from 'react'
import type { FaultName, Switches } from '../../server/status.ts'
import { useWords } from '../language.ts'
import { breakWords } from './break-words.ts'
import { faultOf } from './side-door.ts'

const names: readonly FaultName[] = ['silence', 'refuse', 'hang', 'flap', 'slow']

interface LastingFaultsProps {
  usable: boolean
  switches: Switches | null
  target: string
  onGive: (name: string, body?: object) => void
}

export function LastingFaults({ usable, switches, target, onGive }: LastingFaultsProps) {
  const words = useWords(breakWords)
  const id = useId()
  const [slow, setSlow] = useState({ latency: '400', jitter: '200' })
  const figures = (given: typeof slow) => ({ latency: Number(given.latency), jitter: Number(given.jitter) })
  const isOn = (name: FaultName) => !!faultOf(switches, name, target)
  const set = (change: Partial<typeof slow>) => {
    const next = { ...slow, ...change }
    setSlow(next)
    // What is slow already takes the new figures at once.
    if (isOn('slow')) onGive('slow', { on: true, ...figures(next) })
  }
  return (
    <ul className="faults">
      {names.map((name) => (
        <li key={name} data-fault={name} data-on={isOn(name)}>
          <h3 id={`${id}${name}`}>{words.lasting[name].name}</h3>
          <p className="note">{words.lasting[name].note}</p>
          {name === 'slow' && (
            <p className="fields">
              {(['latency', 'jitter'] as const).map((field) => (
                <label key={field}>
                  {words[field]}
                  <input
                    type="number"
                    min="0"
                    max="10000"
                    step="50"
                    value={slow[field]}
                    onChange={({ target }) => set({ [field]: target.value })}
                  />
                </label>
              ))}
            </p>
          )}
          <button
            type="button"
            className="toggle"
            role="switch"
            aria-checked={isOn(name)}
            aria-labelledby={`${id}${name}`}
            aria-disabled={!usable}
            onClick={() => onGive(name, { on: !isOn(name), ...(name === 'slow' && figures(slow)) })}
          >
            <i aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  )
}
