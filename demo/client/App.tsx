/**
 * Owns the layout of the page: what it is, the connection and its switches on the one side, the conversation in the middle,
 * and the laboratory, which is a third column or a sheet over them.
 */

import { useEffect, useState } from 'react'
import { About } from './about/About.tsx'
import { aboutWords } from './about/words.ts'
import { Composer } from './chat/Composer.tsx'
import { Identity } from './chat/Identity.tsx'
import { MessageLog } from './chat/MessageLog.tsx'
import { People } from './chat/People.tsx'
import { useChat } from './chat/useChat.ts'
import { useLeaveGuard } from './chat/useLeaveGuard.ts'
import { useRoom } from './chat/useRoom.ts'
import { Laboratory } from './lab/Laboratory.tsx'
import { SwitchCard } from './lab/SwitchCard.tsx'
import { tagOf, useLanguage, useWords } from './language.ts'
import { useStatus } from './StatusBadge.tsx'
import { ConnectionCard } from './status/ConnectionCard.tsx'
import { Details } from './status/Details.tsx'
import { cardWords } from './status/words.ts'

export function App() {
  const { room, refused } = useRoom()
  const chat = useChat(room)
  useDocumentWords()
  // An open line over which nobody has answered yet is not called connected.
  const { joining } = useWords(cardWords)
  const preparing = chat.joined ? null : joining
  const { tone, stranded } = useStatus(preparing)
  useLeaveGuard(chat.wouldLose > 0)
  // Only small pages fold the details; others show them whatever this says.
  const [unfolded, setUnfolded] = useState(false)
  return (
    <div className="page">
      <div className="side" data-unfolded={unfolded}>
        <About />
        <ConnectionCard preparing={preparing} unfolded={unfolded} onUnfold={setUnfolded} />
        <SwitchCard />
        <Details tone={tone} stranded={stranded} />
      </div>
      <main className="chat">
        <div className="head">
          <Identity room={room} refused={refused} nick={chat.nick} onRename={chat.rename} />
          <People people={chat.people} nick={chat.nick} joined={chat.joined} />
        </div>
        <MessageLog key={room} chat={chat} />
        <Composer chat={chat} connected={tone === 'good'} />
      </main>
      <Laboratory />
    </div>
  )
}

/** The document says in which language it is; a screen reader reads it accordingly. */
function useDocumentWords(): void {
  const language = useLanguage()
  const { title } = useWords(aboutWords)
  useEffect(() => {
    document.documentElement.lang = tagOf(language)
    document.title = title
  }, [language, title])
}
