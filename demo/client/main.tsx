/** The page's entry: puts the chat into the document, under StrictMode, with one connection for all of it. */

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WebSocketProvider } from '../../hooks/index.ts'
import { App } from './App.tsx'
import { newSession, SessionContext } from './useSession.ts'

const session = newSession()
session.connect()

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <WebSocketProvider client={session.ws}>
      <SessionContext value={session}>
        <App />
      </SessionContext>
    </WebSocketProvider>
  </StrictMode>,
)
