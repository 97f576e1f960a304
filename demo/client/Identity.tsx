/** Owns the two small fields that say where one is and who. What breaks a rule is not taken, and the rule is shown. */

import { type FormEvent, useId, useState } from 'react'
import { bounds, nickFault, roomFault } from '../protocol.ts'
import { goTo } from './useRoom.ts'

export function Identity({ room, nick, onRename }: { room: string; nick: string; onRename: (nick: string) => void }) {
  return (
    <div className="identity">
      <Field
        label="Room"
        value={room}
        prefix="#"
        maxLength={bounds.roomLength}
        read={(text) => text.trim().toLowerCase().replace(/^#/, '')}
        fault={(value) => (roomFault(value) ? 'a–z, 0–9 and - only, up to 32' : null)}
        onTake={goTo}
      />
      <Field
        label="You"
        value={nick}
        maxLength={bounds.nickLength}
        read={(text) => text.trim().normalize()}
        fault={(value) => (nickFault(value) ? "letters, digits, spaces and . _ ' - only, up to 24" : null)}
        onTake={onRename}
      />
      <a className="another" href={`#/${room}`} target="_blank" rel="noopener">
        Open another tab
      </a>
    </div>
  )
}

interface FieldProps {
  label: string
  value: string
  prefix?: string
  maxLength: number
  read: (text: string) => string
  fault: (value: string) => string | null
  onTake: (value: string) => void
}

function Field({ label, value, prefix, maxLength, read, fault, onTake }: FieldProps) {
  const id = useId()
  // What is being typed, until it is taken or given up.
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? value
  const wrong = fault(read(text))
  const take = (event?: FormEvent) => {
    event?.preventDefault()
    if (wrong) return
    setTyped(null)
    onTake(read(text))
  }
  return (
    <form className="field" onSubmit={take}>
      <label htmlFor={id}>{label}</label>
      <span className="box">
        {prefix && <span aria-hidden="true">{prefix}</span>}
        <input
          id={id}
          value={text}
          maxLength={maxLength}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="go"
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => (wrong ? setTyped(null) : take())}
        />
      </span>
      {wrong && (
        <p className="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </form>
  )
}
