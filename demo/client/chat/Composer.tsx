/**
 * Owns the field one writes in. It works whatever the connection does: what cannot go out waits, and says so.
 */

import type { FormEvent, KeyboardEvent } from 'react'
import { bounds, textFault } from '../../protocol.ts'
import { useWords } from '../language.ts'
import { isComposing } from './composing.ts'
import type { Chat } from './useChat.ts'
import { composerWords } from './words.ts'

interface ComposerProps {
  chat: Chat
  /** Whether what is written goes out at once. */
  connected: boolean
}

// What a paste may bring along and no message may contain (see `textFault`).
const stray = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cs}]/gu

export function Composer({ chat, connected }: ComposerProps) {
  const words = useWords(composerWords)
  const text = chat.draft
  const ready = textFault(text.trim()) === null && !chat.full
  const said = hint(chat, connected, words)
  const send = () => {
    if (ready) chat.write(text.trim())
  }
  return (
    <form
      className="composer"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        send()
      }}
    >
      <label htmlFor="composer">{words.label}</label>
      <div className="row">
        <textarea
          id="composer"
          rows={1}
          value={text}
          maxLength={bounds.textLength}
          placeholder={connected ? words.write(chat.room) : words.later}
          aria-describedby="composer-hint"
          enterKeyHint="send"
          onChange={(event) => chat.setDraft(event.target.value.replace(/\r\n?/g, '\n').replace(stray, ''))}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
            event.preventDefault()
            send()
          }}
        />
        <button type="submit" aria-disabled={!ready}>
          {words.send}
        </button>
      </div>
      <p className="hint" id="composer-hint" data-spare={said === words.keys}>
        {said}
        {text.length > bounds.textLength - 200 && <span> {words.left(bounds.textLength - text.length)}</span>}
      </p>
    </form>
  )
}

function hint(
  { problem, full, waiting, keeps }: Chat,
  connected: boolean,
  words: (typeof composerWords)['en'],
): string {
  if (problem === 'unkept') return words.unkept
  if (problem) return words.unjoined(problem.expected)
  if (full) return words.full
  if (waiting > 0) return words.waiting(waiting, keeps)
  return connected ? words.keys : words.stuck(keeps)
}
