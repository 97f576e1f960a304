/**
 * Owns the conversation: what has a number in its order, then what is still on its way. History goes in before the log is
 * live, so that only what comes later is read aloud. Must never move somebody who has scrolled back.
 */

import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Message } from '../protocol.ts'
import { type Going, newsSince } from './log.ts'
import type { Chat } from './useChat.ts'

export function MessageLog({ chat }: { chat: Chat }) {
  const { log, going, joined, room } = chat
  const box = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const [seen, setSeen] = useState(0)
  const newest = log.at(-1)?.n ?? 0
  const live = useSettled(joined)
  const unseen = atEnd ? 0 : newsSince(chat, seen)

  // One's own new message is always shown; others' only to whoever is at the end already.
  const written = going.findLast(chat.isOwn)?.id
  useLayoutEffect(() => {
    if (written) toEnd(box.current)
  }, [written])
  useLayoutEffect(() => {
    if (atEnd && newest + going.length > 0) toEnd(box.current)
  }, [atEnd, newest, going.length])

  // The end stays in sight when the space above or below the log changes.
  useEffect(() => {
    if (!atEnd || !box.current) return
    const frame = box.current
    const watch = new ResizeObserver(() => toEnd(frame))
    watch.observe(frame)
    return () => watch.disconnect()
  }, [atEnd])

  return (
    <div className="log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <div
        className="log"
        ref={box}
        tabIndex={0}
        role="log"
        aria-label={`Messages in #${room}`}
        aria-live={live ? 'polite' : 'off'}
        aria-busy={!joined}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          const end = scrollHeight - scrollTop - clientHeight < 40
          // What came before this moment has been in sight.
          if (atEnd && !end) setSeen(newest)
          setAtEnd(end)
        }}
      >
        {log.length === 0 && going.length === 0 && (
          <p className="empty">
            {joined ? 'Nobody has written here yet.' : 'The messages of this room appear when it is joined.'}
          </p>
        )}
        <ol>
          {log.map((message, index) => {
            const before = log[index - 1]
            return (
              <Numbered
                key={message.id}
                message={message}
                gap={message.n - (before?.n ?? 0) - 1}
                first={index === 0}
                follows={
                  before?.nick === message.nick &&
                  message.n === before.n + 1 &&
                  Math.abs(message.at - before.at) < 300_000
                }
                own={chat.isOwn(message)}
                since={before?.at}
              />
            )
          })}
          {going.map((message, index) => (
            <OnItsWay
              key={message.id}
              message={message}
              named={!chat.isOwn(message) && going[index - 1]?.nick !== message.nick}
              chat={chat}
            />
          ))}
        </ol>
      </div>
      {unseen > 0 && (
        <button type="button" className="to-end" onClick={() => toEnd(box.current)}>
          {unseen} new {unseen === 1 ? 'message' : 'messages'}
        </button>
      )}
    </div>
  )
}

function toEnd(box: HTMLElement | null): void {
  if (box) box.scrollTop = box.scrollHeight
}

/** True a moment after the room is joined: by then the history is in the document, and is not read aloud as news. */
function useSettled(joined: boolean): boolean {
  const [settled, setSettled] = useState(false)
  useEffect(() => {
    if (!joined) return
    const timer = setTimeout(() => setSettled(true), 150)
    return () => {
      clearTimeout(timer)
      setSettled(false)
    }
  }, [joined])
  return joined && settled
}

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

function Numbered({ message: { id, n, nick, text, at }, gap, first, follows, own, since }: NumberedProps) {
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
function OnItsWay({ message, named, chat }: { message: Going; named: boolean; chat: Chat }) {
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
