/**
 * Owns the tie between the chat session and the connection: who tells it of openings, closings and frames.
 */

import { useEffect, useState, useSyncExternalStore } from 'react'
import { useMessage, useWebSocket } from '../../hooks/index.ts'
import { ChatSession } from './chat.ts'
import type { Chat } from './chat-store.ts'
import { keepNick, newId, readKept, readNick, tabStorage, writeKept } from './tab-storage.ts'

export interface UseChat {
  chat: Chat
  session: ChatSession
  rename: (nick: string) => void
  /** Whether the browser keeps waiting messages over a reload. */
  keeps: boolean
}

export function useChat(room: string): UseChat {
  const { client } = useWebSocket()
  const [keeps, setKeeps] = useState(true)
  const [store] = useState(tabStorage)
  const [session] = useState(
    () =>
      new ChatSession({
        room,
        nick: readNick(store),
        kept: readKept(store),
        keep: (kept) => setKeeps(writeKept(store, kept)),
        // Never queued by the engine: what it cannot send now, the session sends after the next join.
        transmit: (frame) => client.send(frame, { queue: false }) === 'sent',
        newId,
      }),
  )
  // Handlers are told of every opening and closing at once; a render might see only the last of several.
  useWebSocket({ onOpen: () => session.opened(), onClose: () => session.closed() })
  useMessage((data) => session.received(data))
  useEffect(() => session.enter(room), [session, room])
  const chat = useSyncExternalStore(session.subscribe, session.getSnapshot)
  const rename = (nick: string) => {
    keepNick(store, nick)
    session.rename(nick)
  }
  return { chat, session, rename, keeps }
}
