/**
 * Owns the field one writes in. It works whatever the connection does: what cannot go out waits, and says so.
 */

import type { FormEvent, KeyboardEvent } from 'react'
import { bounds, textFault } from '../../protocol.ts'
import { isComposing } from './composing.ts'
import type { Chat } from './useChat.ts'

interface ComposerProps {
  chat: Chat
  /** Whether what is written goes out at once. */
  connected: boolean
}

// What a paste may bring along and no message may contain (see `textFault`).
const stray = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cs}]/gu

export function Composer({ chat, connected }: ComposerProps) {
  const text = chat.draft
  const ready = textFault(text.trim()) === null && !chat.full
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
      <label htmlFor="composer">Message</label>
      <div className="row">
        <textarea
          id="composer"
          rows={1}
          value={text}
          maxLength={bounds.textLength}
          placeholder={connected ? `Write to #${chat.room}` : 'It goes out later'}
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
          Send
        </button>
      </div>
      <p className="hint" id="composer-hint">
        {hint(chat, connected)}
        {text.length > bounds.textLength - 200 && <span> {bounds.textLength - text.length} characters left.</span>}
      </p>
    </form>
  )
}

function hint({ problem, full, waiting, keeps }: Chat, connected: boolean): string {
  if (problem) return problem
  if (full) return `${bounds.outbox} messages are on their way; no more are kept. Write on when some are delivered.`
  const loss = (it: string) => ` Closing or reloading the tab loses ${it}.`
  const later = keeps ? ', from your next tab if you close this one.' : '.'
  if (waiting === 1) return `One message waits and goes out by itself${later}${keeps ? '' : loss('it')}`
  if (waiting > 1) return `${waiting} messages wait and go out by themselves${later}${keeps ? '' : loss('them')}`
  if (!connected)
    return `Nothing goes out just now. What you send waits${keeps ? ', even if you close the tab.' : `.${loss('it')}`}`
  return 'Enter sends · Shift+Enter: new line'
}
