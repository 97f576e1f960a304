/**
 * Owns the laboratory beside the chat: what breaks the server, what the developer tools see of it, a fleet of clients, and the log.
 * Must never stop the recording because nobody looks, nor keep a fleet that nobody sees.
 */

import { type ComponentType, lazy, Suspense, useState } from 'react'
import type { WebSocketDevtoolsPanelProps } from '../../../devtools/production.ts'
import { useSession } from '../../../hooks/session.ts'
import type { WebSocketReconnect } from '../../../src/index.ts'
import { useLanguage } from '../language.ts'
import { BreakTab } from './BreakTab.tsx'
import { FleetTab } from './FleetTab.tsx'
import { LogTab } from './LogTab.tsx'
import { labButton, setLabOpen, useLabOpen } from './lab-open.ts'
import { Tabs, tabId, tabPanelId } from './Tabs.tsx'
import { useRecording } from './useRecording.ts'
import { labWords, type TabName } from './words.ts'

const names = ['break', 'devtools', 'fleet', 'log'] as const

/** A file of its own: the chat is there first. */
const Panel = lazy(async (): Promise<{ default: ComponentType<WebSocketDevtoolsPanelProps> }> => {
  const { WebSocketDevtoolsPanel } = await import('../../../devtools/production.ts')
  return { default: WebSocketDevtoolsPanel }
})

export function Laboratory() {
  const language = useLanguage()
  const words = labWords[language]
  const open = useLabOpen()
  // What a session promises of its client leaves the tap out; the client has one.
  const session = useSession()
  const ws = session.ws as WebSocketReconnect
  const recording = useRecording(ws)
  const [chosen, choose] = useState<TabName>('break')
  // Once seen, these go on behind the others: what they record and count would be lost.
  const [seen, setSeen] = useState<readonly TabName[]>([])
  if (open && !seen.includes(chosen)) setSeen([...seen, chosen])
  const lives = (name: TabName) =>
    name === 'devtools' || name === 'fleet' ? seen.includes(name) : open && name === chosen

  const close = () => {
    setLabOpen(false)
    document.getElementById(labButton)?.focus()
  }
  const content: Record<TabName, React.ReactNode> = {
    break: <BreakTab />,
    devtools: (
      <Suspense fallback={<p className="note">{words.loading}</p>}>
        <Panel clients={[session]} language={language} />
      </Suspense>
    ),
    fleet: <FleetTab />,
    log: <LogTab recording={recording} />,
  }
  return (
    <aside
      className="lab"
      id="lab"
      aria-label={words.name}
      hidden={!open}
      onKeyDown={({ key, currentTarget }) => {
        // As a column it covers nothing, and Escape belongs to what is inside of it.
        if (key === 'Escape' && getComputedStyle(currentTarget).position === 'fixed') close()
      }}
    >
      <header>
        <h2>{words.name}</h2>
        <button type="button" className="quiet" aria-label={words.close} onClick={close}>
          ✕
        </button>
      </header>
      <Tabs label={words.name} names={names} text={(name) => words.tabs[name]} chosen={chosen} onChoose={choose} />
      {names.map((name) => (
        <div
          key={name}
          className="lab-panel"
          data-tab={name}
          role="tabpanel"
          id={tabPanelId(name)}
          aria-labelledby={tabId(name)}
          hidden={name !== chosen}
        >
          {lives(name) && content[name]}
        </div>
      ))}
    </aside>
  )
}
