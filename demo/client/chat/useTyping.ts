/**
 * Owns the word that somebody is writing: said in passing while one writes, never kept, and forgotten after a while. Must never
 * be sent more often than others need it, nor count for a line that is gone.
 */

import { useEffect, useRef, useState } from 'react'
import { useMessage } from '../../../hooks/index.ts'
import { useSession } from '../../../hooks/session.ts'
import { isTyping, type Message, type Typing } from '../../protocol.ts'
import { exceptHeard, pace, stillTyping, type Typist, withTypist } from './typing.ts'

export interface WhoIsWhere {
  room: string
  from: string
  nick: string
  /** Whether anybody could hear of it, and be heard. */
  joined: boolean
  /** The latest message. */
  last: Message | undefined
}

export function useTyping({ room, from, nick, joined, last }: WhoIsWhere) {
  const session = useSession<Typing>()
  const [list, setList] = useState<readonly Typist[]>([])
  const said = useRef({ at: 0, room })

  useMessage((data) => {
    if (isTyping(data) && data.room === room && data.from !== from)
      setList((list) => withTypist(list, data, Date.now()))
  })
  // Whoever has said it is no longer writing it.
  const [heard, setHeard] = useState(last?.id)
  if (heard !== last?.id) {
    setHeard(last?.id)
    setList(exceptHeard(list, last))
  }
  if (!joined && list.length > 0) setList([])

  useEffect(() => {
    if (list.length === 0) return
    const next = Math.min(...list.map(({ until }) => until))
    // A little later, because a timer may be early.
    const timer = setTimeout(() => setList((list) => stillTyping(list, Date.now())), next - Date.now() + 20)
    return () => clearTimeout(timer)
  }, [list])

  return {
    typists: list,
    /** What was being written is said; the others take it as the end. */
    end() {
      said.current.at = 0
    },
    /** To be called for every change of a text that is being written. */
    write() {
      const now = Date.now()
      if (!joined || (said.current.room === room && now - said.current.at < pace)) return
      said.current = { at: now, room }
      session.post({ type: 'typing', room, from, nick })
    },
  }
}
