/** The page's entry: puts the chat into the document, under StrictMode, with one session for all of it. */

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WebSocketProvider } from '../../hooks/index.ts'
import { SessionProvider, useSession } from '../../hooks/session.ts'
import { App } from './App.tsx'
import { connection } from './connection.ts'

/** The badge and the details read the session's connection as they would any other. */
function Page() {
  return (
    <WebSocketProvider client={useSession().ws}>
      <App />
    </WebSocketProvider>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <SessionProvider {...connection}>
      <Page />
    </SessionProvider>
  </StrictMode>,
)
