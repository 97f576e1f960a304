/** Owns how one message looks: one with a number, or one that is still on its way, and how far it has come. */

import { memo } from 'react'
import type { Message } from '../../protocol.ts'
import { tagOf, useLanguage, useWords } from '../language.ts'
import type { Going } from './log.ts'
import { Text } from './Text.tsx'
import type { Chat } from './useChat.ts'
import { messageWords } from './words.ts'

interface NumberedProps {
  message: Message
  /** Whether the same person has just written, so that the name need not be said again. */
  follows: boolean
  own: boolean
}

export const Numbered = memo(function Numbered({ message: { id, n, nick, text, at }, follows, own }: NumberedProps) {
  return (
    <li className={own ? 'message own' : 'message'} data-id={id} data-n={n} data-follows={follows}>
      <Said nick={!follows && nick} text={text} />
      <p className="meta">
        <Time at={at} />
        <span className="number">#{n}</span>
        {own && <Mark status="delivered" />}
      </p>
    </li>
  )
})

/** Written here, or by another tab of this browser: whoever has a connection sends it. */
export function OnItsWay({ message, named, chat }: { message: Going; named: boolean; chat: Chat }) {
  const { id, nick, text, at, status, why } = message
  const words = useWords(messageWords)
  return (
    <li className={chat.isOwn(message) ? 'message own going' : 'message going'} data-id={id} data-status={status}>
      <Said nick={named && nick} text={text} />
      <p className="meta">
        <Time at={at} />
        <Mark status={status} />
      </p>
      {status === 'refused' && (
        <p className="meta">
          <span>{words.expected(why)}</span>
          <button type="button" className="link" onClick={() => chat.retry(message)}>
            {words.retry}
          </button>
          <button type="button" className="link" onClick={() => chat.discard(message)}>
            {words.discard}
          </button>
        </p>
      )}
    </li>
  )
}

/** What was written, and by whom where that is not clear. */
function Said({ nick, text }: { nick: string | false; text: string }) {
  return (
    <>
      {nick && (
        <p className="who">
          <bdi>{nick}</bdi>
        </p>
      )}
      <div className="bubble">
        <Text text={text} />
      </div>
    </>
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
  const words = useWords(messageWords)
  return (
    <span className="mark" data-status={status}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={marks[status]} />
      </svg>
      {words.status[status]}
    </span>
  )
}

const clocks = {
  en: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }),
  zh: new Intl.DateTimeFormat(tagOf('zh'), { hour: '2-digit', minute: '2-digit', hour12: false }),
}

/** When it was written; the day stands above it. */
function Time({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{clocks[useLanguage()].format(at)}</time>
}
