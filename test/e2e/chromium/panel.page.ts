/**
 * The page of the developer tools' tests: an app with a client and the button in its corner, built for development. It only
 * writes down what the client told.
 */

import { createElement as h, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WebSocketDevtools } from '../../../devtools/index.ts'
import { useWebSocket, WebSocketProvider, WebSocketReconnect } from '../../../hooks/index.ts'

const question = new URLSearchParams(location.search)
const told: string[] = []
const client = new WebSocketReconnect({
  url: `${question.get('server')}?token=secret`,
  ...{ baseDelay: 200, jitter: 0, minUptime: 0, heartbeatInterval: 400, heartbeatTimeout: 300, connectTimeout: 500 },
  ...{ maxRetries: Infinity, circuitBreaker: false as const },
})
client.on('open', () => told.push('open'))
client.on('close', ({ code }) => told.push(`close ${code}`))
client.on('error', ({ code }) => told.push(`error ${code}`))
client.on('retry', ({ attempt }) => told.push(`retry ${attempt}`))
client.on('message', ({ data }) => String(data).includes('pong') || told.push(`message ${data}`))
client.connect()

const page = { told, client }
export type PanelPage = typeof page
Object.assign(window, { page })

function App() {
  const { state } = useWebSocket()
  return h('main', null, h('h1', null, 'An app'), h('p', null, 'The connection is ', h('output', null, state)))
}

createRoot(document.getElementById('root') as HTMLElement).render(
  h(
    StrictMode,
    null,
    h(WebSocketProvider, { client }, h(App)),
    h(WebSocketDevtools, { initialIsOpen: question.has('open') }),
  ),
)
