/** Owns how far this tab has read a room, kept for the next visit. Must never call read what a hidden tab shows. */

import { useEffect, useState, useSyncExternalStore } from 'react'
import { newsSince } from './log.ts'
import { nextReading, opened } from './reading.ts'
import { keepUpTo, readUpTo } from './tab-storage.ts'
import type { Chat } from './useChat.ts'

/** For one room: another one has a reading of its own. `isAtEnd`: whether the end of its log is in sight. */
export function useReading(chat: Chat, isAtEnd: boolean) {
  const { room, stores, log, going, loaded } = chat
  const [reading, setReading] = useState(() => opened(readUpTo(stores, room)))
  const isVisible = useVisible()
  const next = loaded
    ? nextReading(reading, {
        newest: log.at(-1)?.n ?? 0,
        isWatching: isAtEnd && isVisible,
        newsSince: (n) => newsSince(chat, n),
        written: going.findLast(chat.isOwn)?.id,
      })
    : reading
  if (next !== reading) setReading(next)
  const { read, line } = next
  useEffect(() => {
    if (loaded && read !== null) keepUpTo(stores, room, read)
  }, [loaded, stores, room, read])
  return { line, unread: loaded && read !== null ? newsSince(chat, read) : 0 }
}

const subscribe = (tell: () => void) => {
  document.addEventListener('visibilitychange', tell)
  return () => document.removeEventListener('visibilitychange', tell)
}

const useVisible = () => useSyncExternalStore(subscribe, () => document.visibilityState !== 'hidden')
