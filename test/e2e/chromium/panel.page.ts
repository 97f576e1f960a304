/**
 * The page of the developer tools' tests: an app with a client and the button in its corner, built for development, and a
 * session if it is asked for. It only writes down what the client told.
 */

import { createElement as h, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WebSocketDevtools } from '../../../devtools/index.ts'
import { useWebSocket, WebSocketProvider, WebSocketReconnect } from '../../../hooks/index.ts'
import { Session } from '../../../src/session/index.ts'

const question = new URLSearchParams(location.search)
const told: string[] = []
const patient = { heartbeatTimeout: 100_000, connectTimeout: 100_000 }
const impatient = { heartbeatTimeout: 300, connectTimeout: 500 }
const client = new WebSocketReconnect({
  url: `${question.get('server')}?token=secret`,
  // Nothing times out that is not broken: a test that waits for it says so.
  ...{ baseDelay: 200, jitter: 0, minUptime: 0, heartbeatInterval: 400, ...patient },
  ...{ maxRetries: Infinity, circuitBreaker: false as const },
})
client.on('open', () => told.push('open'))
client.on('close', ({ code }) => told.push(`close ${code}`))
client.on('error', ({ code }) => told.push(`error ${code}`))
client.on('retry', ({ attempt }) => told.push(`retry ${attempt}`))
client.on('message', ({ data }) => String(data).includes('pong') || told.push(`message ${data}`))
client.connect()

/** A session in which each of its views has something to show. */
function openSession(): Session<{ text: string }> {
  const url = String(question.get('server')).replace('/feed', '/session')
  const session = new Session<{ text: string }>({ url, outbox: { name: 'chat:ann' }, heartbeatInterval: 0 })
  for (const text of ['hello', 'bad', 'slow', 'after it']) session.send({ text })
  for (const topic of ['room:1', 'closed room']) session.follow(topic, { onEvent() {} })
  session.request({ text: 'who is there?' }, { whenLost: 'resend', timeout: 600_000 }).catch(() => {})
  session.connect()
  return session
}

const page = { told, client, patient, impatient, session: question.has('session') ? openSession() : undefined }
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
