/**
 * Owns the conversation: what has a number in its order, then what is still on its way. History goes in while the log is not
 * live, so that only what comes later is read aloud.
 */

import { useEffect, useState } from 'react'
import { useWords } from '../language.ts'
import { Divider } from './Dividers.tsx'
import { Numbered, OnItsWay } from './MessageItem.tsx'
import { OlderButton } from './OlderButton.tsx'
import { recoveredIn, rowsOf, type Span } from './rows.ts'
import type { Chat } from './useChat.ts'
import { useLogScroll } from './useLogScroll.ts'
import { useReading } from './useReading.ts'
import { logWords } from './words.ts'

/** Px to the beginning at which older messages are asked for, so that they are there when one arrives. */
const ahead = 300

export function MessageLog({ chat }: { chat: Chat }) {
  const { log, going, joined, room, more, loading } = chat
  const words = useWords(logWords)
  const { box, isAtEnd, measure, toEnd } = useLogScroll({
    loaded: chat.loaded,
    shape: log.length + going.length === 0 ? '' : `${log.at(-1)?.n} ${going.length} ${chat.recovered?.upTo}`,
    written: going.findLast(chat.isOwn)?.id,
  })
  const { line, unread } = useReading(chat, isAtEnd === true)
  const live = useSettled(joined && !loading)
  const rows = rowsOf(chat, line)
  return (
    <div className="log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <div
        className="log"
        ref={box}
        tabIndex={0}
        role="log"
        aria-label={words.log(room)}
        aria-live={live ? 'polite' : 'off'}
        aria-busy={!joined}
        onScroll={({ currentTarget: { scrollTop } }) => {
          const isEnd = measure()
          if (!isEnd && scrollTop < ahead && more && joined) chat.older().catch(() => {})
        }}
      >
        {rows.length === 0 && <p className="empty">{joined ? words.empty : words.unjoined}</p>}
        {more ? <OlderButton chat={chat} /> : log[0]?.n === 1 && <p className="beginning">{words.beginning(room)}</p>}
        <ol>
          {rows.map((row) => {
            if (row.kind === 'message')
              return (
                <Numbered key={row.key} message={row.message} follows={row.follows} own={chat.isOwn(row.message)} />
              )
            if (row.kind === 'going')
              return <OnItsWay key={row.key} message={row.message} named={row.isNamed} chat={chat} />
            return <Divider key={row.key} row={row} />
          })}
        </ol>
      </div>
      <Regained count={recoveredIn(log, chat.recovered, chat.isOwn).count} span={chat.recovered} />
      <Typists nicks={chat.typists.map(({ nick }) => nick)} />
      {isAtEnd === false && (
        <button type="button" className="to-end" data-unread={unread} onClick={toEnd}>
          {unread === 0 ? words.newest : words.unread(`${unread}${isMore(chat, line) ? '+' : ''}`, unread === 1)}
        </button>
      )}
    </div>
  )
}

/** Whether there is something unread that was not even asked for. */
const isMore = ({ log, more }: Chat, line: number | null) => more && line !== null && (log[0]?.n ?? 0) > line + 1

function Typists({ nicks }: { nicks: readonly string[] }) {
  const words = useWords(logWords)
  return nicks.length > 0 && <p className="typing">{words.typing(nicks)}</p>
}

/** The line in the log says it where it belongs, which may be out of sight by now: so it is said once more, for a while. */
function Regained({ count, span }: { count: number; span: Span | null }) {
  const words = useWords(logWords)
  const [seen, setSeen] = useState<Span | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSeen(span), 10_000)
    return () => clearTimeout(timer)
  }, [span])
  return (
    <p className="regained" aria-live="polite">
      {count > 0 && seen !== span && words.recovered(count)}
    </p>
  )
}

/** True a moment after it is so: by then the history is in the document, and is not read aloud as news. */
function useSettled(isSo: boolean): boolean {
  const [settled, setSettled] = useState(false)
  useEffect(() => {
    if (!isSo) return
    const timer = setTimeout(() => setSettled(true), 150)
    return () => {
      clearTimeout(timer)
      setSettled(false)
    }
  }, [isSo])
  return isSo && settled
}
