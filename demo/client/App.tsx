/** Owns the layout of the page: who and where one is, the conversation, and the panel about the connection. */

import { useState } from 'react'
import { Announcer } from './Announcer.tsx'
import { Composer } from './Composer.tsx'
import { ConnectionCard } from './ConnectionCard.tsx'
import { Identity } from './Identity.tsx'
import { MessageLog } from './MessageLog.tsx'
import { People } from './People.tsx'
import { SwitchCard } from './SwitchCard.tsx'
import { useChat } from './useChat.ts'
import { useConnectionWords } from './useConnectionWords.ts'
import { useRoom } from './useRoom.ts'

export function App() {
  const { room, refused } = useRoom()
  const { chat, session, rename, keeps } = useChat(room)
  const words = useConnectionWords(chat.joined)
  // Only narrow pages fold the panel; wide ones show it whatever this says.
  const [unfolded, setUnfolded] = useState(false)
  return (
    <div className="page">
      <header className="top">
        <h1>A chat that you can break</h1>
        <Identity room={room} refused={refused} nick={chat.nick} onRename={rename} />
      </header>
      <aside className="panel" data-unfolded={unfolded} aria-label="Connection">
        <ConnectionCard words={words} unfolded={unfolded} onUnfold={setUnfolded} />
        <div className="more" id="more">
          <SwitchCard />
        </div>
      </aside>
      <main className="chat">
        <People room={chat.room} people={chat.people} nick={chat.nick} joined={chat.joined} />
        <MessageLog key={chat.room} chat={chat} session={session} />
        <Composer chat={chat} session={session} connected={words.tone === 'good'} keeps={keeps} />
      </main>
      <Announcer text={`${words.headline}. ${words.why}`} />
    </div>
  )
}
