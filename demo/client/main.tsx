/** The page's entry: puts the chat into the document, under StrictMode, with one connection for all of it. */

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WebSocketProvider } from '../../hooks/index.ts'
import { App } from './App.tsx'
import { connection } from './connection.ts'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <WebSocketProvider {...connection}>
      <App />
    </WebSocketProvider>
  </StrictMode>,
)
