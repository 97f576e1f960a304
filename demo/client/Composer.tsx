/**
 * Owns the field one writes in. It works whatever the connection does: what cannot go out waits, and says so.
 */

import type { FormEvent, KeyboardEvent } from 'react'
import { bounds, textFault } from '../protocol.ts'
import type { ChatSession } from './chat.ts'
import { type Chat, draftOf, isFull } from './chat-store.ts'
import { isComposing } from './composing.ts'

interface ComposerProps {
  chat: Chat
  session: ChatSession
  /** Whether what is written goes out at once. */
  connected: boolean
  keeps: boolean
}

// What a paste may bring along and no message may contain (see `textFault`).
const stray = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cs}]/gu

export function Composer({ chat, session, connected, keeps }: ComposerProps) {
  const text = draftOf(chat)
  const full = isFull(chat)
  const ready = textFault(text.trim()) === null && !full
  const waiting = chat.outbox.filter(({ status }) => status === 'waiting').length
  const send = () => {
    if (ready) session.write(text.trim())
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
          onChange={(event) => session.draft(event.target.value.replace(/\r\n?/g, '\n').replace(stray, ''))}
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
        {hint({ problem: chat.problem, full, waiting, connected, keeps })}
        {text.length > bounds.textLength - 200 && <span> {bounds.textLength - text.length} characters left.</span>}
      </p>
    </form>
  )
}

interface HintProps {
  problem: string | null
  full: boolean
  waiting: number
  connected: boolean
  keeps: boolean
}

function hint({ problem, full, waiting, connected, keeps }: HintProps): string {
  if (problem) return problem
  if (full) return `${bounds.outbox} messages are on their way; a tab keeps no more. Write on when some are delivered.`
  const loses = keeps ? 'Closing the tab loses' : 'Closing or reloading the tab loses'
  if (waiting === 1) return `One message waits and goes out by itself. ${loses} it.`
  if (waiting > 1) return `${waiting} messages wait and go out by themselves. ${loses} them.`
  if (!connected) return `Nothing goes out just now. What you send waits here. ${loses} it.`
  return 'Enter sends · Shift+Enter: new line'
}
