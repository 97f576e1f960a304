// biome-ignore-all format: as it stands on the page

/**
 * Owns the ten lines that make a chat like this one. They are shown on the page as they stand here, and they work: the rest of
 * the file, and the markup of a room, is what they leave to the reader.
 */

import { useReducer } from 'react'
import { SessionProvider, useOutbox, useStream } from '../../../hooks/session.ts'
import { type Heard, type Say, topicOf } from '../../protocol.ts'
import { Room } from './Room.tsx'

const lobby = topicOf('lobby')
const me = { name: 'ten-lines' }
const add = (log: readonly Heard[], heard: Heard) => [...log, heard]

// ten lines:
const Lobby = () => {
  const [log, hear] = useReducer(add, [])
  const outbox = useOutbox<Say>()
  useStream(lobby, { onEvent: hear })
  return <Room log={log} outbox={outbox} />
}
export const Chat = () =>
  <SessionProvider url="/chat" outbox={me}>
    <Lobby />
  </SessionProvider>
