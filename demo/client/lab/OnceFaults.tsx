/** Owns what breaks once: a restart, a crash, and a close with any code. */

import { useId, useState } from 'react'
import { useWords } from '../language.ts'
import { breakWords } from './break-words.ts'

/** Codes worth a try, and what the client makes of each stands in its guide. */
const codes = [1000, 1001, 1008, 1011, 1012, 1013, 4401, 4403, 4429]

interface OnceFaultsProps {
  usable: boolean
  onGive: (name: string, body?: object) => void
}

export function OnceFaults({ usable, onGive }: OnceFaultsProps) {
  const words = useWords(breakWords)
  const [code, setCode] = useState('4000')
  const [reason, setReason] = useState('')
  const id = useId()
  return (
    <ul className="faults">
      {(['restart', 'crash', 'close'] as const).map((name) => (
        <li key={name} data-fault={name}>
          <h3>{words.once[name].name}</h3>
          <p className="note">{words.once[name].note}</p>
          {name === 'close' && (
            <p className="fields">
              <label>
                {words.code}
                <input
                  type="number"
                  list={id}
                  min="1000"
                  max="4999"
                  value={code}
                  onChange={({ target }) => setCode(target.value)}
                />
              </label>
              <datalist id={id}>
                {codes.map((each) => (
                  <option key={each} value={each} />
                ))}
              </datalist>
              <label>
                {words.reason}
                <input maxLength={120} value={reason} onChange={({ target }) => setReason(target.value)} />
              </label>
            </p>
          )}
          <button
            type="button"
            className="quiet"
            aria-disabled={!usable}
            aria-label={`${words.once[name].name}: ${words.press}`}
            onClick={() => onGive(name, name === 'close' ? { code: Number(code), reason } : {})}
          >
            {words.press}
          </button>
        </li>
      ))}
    </ul>
  )
}
