/** Owns how one message looks: one with a number, or one that is still on its way, and how far it has come. */

import type { Message } from '../../protocol.ts'
import type { Going } from './log.ts'
import type { Chat } from './useChat.ts'

interface NumberedProps {
  message: Message
  /** How many numbers are missing before it. */
  gap: number
  first: boolean
  /** Whether the same person has just written, so that the name need not be said again. */
  follows: boolean
  own: boolean
  /** When the one before it was written. */
  since: number | undefined
}

export function Numbered({ message: { id, n, nick, text, at }, gap, first, follows, own, since }: NumberedProps) {
  return (
    <>
      {gap > 0 && (
        <li className="gap">
          {gap} {first ? 'earlier ' : ''}
          {gap === 1 ? 'message is' : 'messages are'} no longer kept
        </li>
      )}
      <li className={own ? 'message own' : 'message'} data-id={id} data-n={n} data-follows={follows}>
        {!(follows && gap <= 0) && (
          <p className="who">
            <bdi>{nick}</bdi>
          </p>
        )}
        <div className="bubble">
          <p className="text" dir="auto">
            {text}
          </p>
        </div>
        <p className="meta">
          <Time at={at} since={since} />
          <span className="number">#{n}</span>
          {own && <Mark status="delivered" />}
        </p>
      </li>
    </>
  )
}

/** Written here, or by another tab of this browser: whoever has a connection sends it. */
export function OnItsWay({ message, named, chat }: { message: Going; named: boolean; chat: Chat }) {
  const { id, nick, text, at, status, why } = message
  return (
    <li className={chat.isOwn(message) ? 'message own going' : 'message going'} data-id={id} data-status={status}>
      {named && (
        <p className="who">
          <bdi>{nick}</bdi>
        </p>
      )}
      <div className="bubble">
        <p className="text" dir="auto">
          {text}
        </p>
      </div>
      <p className="meta">
        <Time at={at} />
        <Mark status={status} />
      </p>
      {status === 'refused' && (
        <p className="meta">
          <span>The server expected {why}.</span>
          <button type="button" className="link" onClick={() => chat.retry(message)}>
            Try again
          </button>
          <button type="button" className="link" onClick={() => chat.discard(message)}>
            Remove
          </button>
        </p>
      )}
    </li>
  )
}

const marks = {
  waiting: 'M8 4.5V8l2.3 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  sent: 'm3.5 8.5 3 3 6-7',
  delivered: 'm1 8.5 3 3 6-7m-2 6.4.6.6 6-7',
  refused: 'M4 4l8 8M12 4l-8 8',
}

/** How far a message of one's own has come: a sign for the eye and the word itself. */
function Mark({ status }: { status: keyof typeof marks }) {
  return (
    <span className="mark" data-status={status}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={marks[status]} />
      </svg>
      {status}
    </span>
  )
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const calendar = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** When it was written, and on what day if the one before it was written on another. */
function Time({ at, since }: { at: number; since?: number | undefined }) {
  const isOtherDay = since !== undefined && calendar.format(since) !== calendar.format(at)
  return (
    <time dateTime={new Date(at).toISOString()}>
      {isOtherDay && `${calendar.format(at)}, `}
      {clock.format(at)}
    </time>
  )
}
