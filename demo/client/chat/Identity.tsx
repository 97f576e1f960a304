/** Owns the two small fields that say where one is and who. What breaks a rule is not taken, and the rule is shown. */

import { type FormEvent, type KeyboardEvent, useId, useState } from 'react'
import { bounds, nickFault, roomFault } from '../../protocol.ts'
import { useWords } from '../language.ts'
import { isComposing } from './composing.ts'
import { addressOf, goTo, roomNamed } from './useRoom.ts'
import { identityWords } from './words.ts'

interface IdentityProps {
  room: string
  /** What the address names, if it cannot be a room. */
  refused: string | null
  nick: string
  onRename: (nick: string) => void
}

export function Identity({ room, refused, nick, onRename }: IdentityProps) {
  const words = useWords(identityWords)
  return (
    <div className="identity">
      <Field
        label={words.room}
        value={room}
        prefix="#"
        maxLength={bounds.roomLength}
        read={roomNamed}
        fault={(value) => (roomFault(value) ? words.roomRule : null)}
        refused={refused}
        onTake={goTo}
      />
      <Field
        label={words.you}
        value={nick}
        maxLength={bounds.nickLength}
        read={(text) => text.trim().normalize()}
        fault={(value) => (nickFault(value) ? words.nickRule : null)}
        refused={null}
        onTake={onRename}
      />
      <a className="another" href={`/?guest${addressOf(room)}`} target="_blank" rel="noopener">
        {words.another}
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
  /** What was asked for elsewhere and could not be taken. */
  refused: string | null
  onTake: (value: string) => void
}

function Field({ label, value, prefix, maxLength, read, fault, refused, onTake }: FieldProps) {
  const id = useId()
  const words = useWords(identityWords)
  // What is being typed, until it is taken or given up; and what was given up, until something else is typed.
  const [typed, setTyped] = useState<string | null>(null)
  const [givenUp, setGivenUp] = useState<string | null>(null)
  const [composing, setComposing] = useState(false)
  const text = typed ?? value
  // Half a composition breaks many a rule and will not stay.
  const wrong = composing ? null : fault(read(text))
  const turnedDown = typed === null ? (givenUp ?? refused) : null
  const said = wrong ?? (turnedDown && words.refused(turnedDown, fault(read(turnedDown)) ?? ''))
  const take = (event?: FormEvent) => {
    event?.preventDefault()
    if (wrong || typed === null) return
    setTyped(null)
    onTake(read(text))
  }
  const leave = () => {
    setComposing(false)
    if (!fault(read(text))) return take()
    setGivenUp(text)
    setTyped(null)
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
          aria-describedby={said ? `${id}-said` : undefined}
          onChange={(event) => {
            setGivenUp(null)
            setTyped(event.target.value)
          }}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
          }}
          onBlur={leave}
        />
      </span>
      {said && (
        <p className="wrong" id={`${id}-said`} role="alert">
          {said}
        </p>
      )}
    </form>
  )
}
