/**
 * Owns the layout of the page: what it is, the connection and its switches on the one side, the conversation in the middle,
 * and the laboratory on the other side or in a sheet.
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
import { useSheet } from './useSheet.ts'

export function App() {
  const { room, refused } = useRoom()
  const chat = useChat(room)
  const words = useDocumentWords()
  // An open line over which nobody has answered yet is not called connected.
  const { joining } = useWords(cardWords)
  const preparing = chat.joined ? null : joining
  const { tone, stranded } = useStatus(preparing)
  useLeaveGuard(chat.wouldLose > 0)
  // Only small pages fold the details; others show them whatever this says.
  const [unfolded, setUnfolded] = useState(false)
  const { isOpen, isColumn, opener, sheet, turn, onKeyDown } = useSheet()
  return (
    <div className="page" data-lab={isOpen}>
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
          <button
            type="button"
            className="quiet lab-opener"
            ref={opener}
            aria-expanded={isOpen}
            aria-controls="laboratory"
            onClick={() => turn(!isOpen)}
          >
            {words.laboratory}
          </button>
        </div>
        <MessageLog key={room} chat={chat} />
        <Composer chat={chat} connected={tone === 'good'} />
      </main>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape is for whatever is focused in it. */}
      <div className="lab-place" id="laboratory" ref={sheet} tabIndex={-1} hidden={!isOpen} onKeyDown={onKeyDown}>
        {!isColumn && (
          <button type="button" className="quiet lab-close" aria-label={words.close} onClick={() => turn(false)}>
            ×
          </button>
        )}
        <Laboratory />
      </div>
    </div>
  )
}

/** The document says in which language it is; a screen reader reads it accordingly. */
function useDocumentWords() {
  const language = useLanguage()
  const words = useWords(aboutWords)
  useEffect(() => {
    document.documentElement.lang = tagOf(language)
    document.title = words.title
  }, [language, words])
  return words
}
