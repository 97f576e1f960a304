/**
 * Owns the conversation: what has a number in its order, then what is still on its way. History goes in before the log is
 * live, so that only what comes later is read aloud. Must never move somebody who has scrolled back.
 */

import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { newsSince } from './log.ts'
import { Numbered, OnItsWay } from './MessageItem.tsx'
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
