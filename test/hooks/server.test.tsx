// @vitest-environment node

/** On a server nothing connects and nothing is touched: R34, and §1 of the contract. */

import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'

/** Every look at one of these is a mistake. */
function forbid(...names: string[]): string[] {
  const touched: string[] = []
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        touched.push(name)
        return undefined
      },
    })
  }
  return touched
}

it('[R34] server rendering never connects, touches no browser global and arms no timer', async () => {
  const complaints = vi.spyOn(console, 'error')
  const touched = forbid('window', 'navigator', 'WebSocket', 'document', 'location', 'requestAnimationFrame')
  const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')]
  const hooks = await import('../../hooks/index.ts')
  const { useCircuitState, useConnectionStats, useMessage, useWebSocket, WebSocketProvider } = hooks
  const url = vi.fn(() => 'wss://example.test/')
  const environment = vi.fn(() => () => {})
  const App = () => {
    // JSON has no functions: what is left is what can be read.
    const view = { ...useWebSocket({ onOpen: () => {} }), client: undefined }
    const circuit = { ...useCircuitState() }
    useMessage(() => {})
    hooks.useWebSocketEvent('open', () => {})
    hooks.useTopic('a', () => {})
    hooks.useSend()
    const own = hooks.useWebSocket({ client: hooks.useWebSocketConnection(url) }).state
    const views = [
      hooks.useLastMessage(),
      hooks.useLastMessageEvent(),
      hooks.useMessages(),
      hooks.useMessageReducer((n: number) => n + 1, 0),
    ]
    const more = [own, ...views, hooks.useRetryCountdown()]
    return <>{JSON.stringify({ view, circuit, more, stats: useConnectionStats() })}</>
  }
  for (const timer of timers) timer.mockClear()
  const before = [...touched]
  const html = renderToString(
    <WebSocketProvider
      url={url}
      topic={() => 'a'}
      environment={environment}
      maxRetries={4}
      circuitBreaker={{ failureThreshold: 3 }}
    >
      <App />
    </WebSocketProvider>,
  )
  expect(JSON.parse(html.replaceAll('&quot;', '"').replaceAll('<!-- -->', ''))).toEqual({
    view: {
      state: 'CLOSED',
      status: 'connecting',
      isReconnecting: false,
      retryCount: 0,
      retryAt: null,
      connectionId: 0,
      error: null,
      lastClose: null,
      lastMessage: null,
      lastMessageEvent: null,
    },
    circuit: { circuitState: 'CLOSED', circuitFailures: 0, failureThreshold: 3, halfOpenAt: null },
    more: ['CLOSED', null, null, [], 0, null],
    stats: {
      state: 'CLOSED',
      circuitState: 'CLOSED',
      retryCount: 0,
      maxRetries: 4,
      circuitFailures: 0,
      failureThreshold: 3,
      lastActivity: null,
      uptime: 0,
      latency: null,
      retryAt: null,
      openedAt: null,
      connections: 0,
      messagesSent: 0,
      messagesReceived: 0,
      bytesSent: 0,
      bytesReceived: 0,
      queuedMessages: 0,
      bufferedAmount: 0,
      lastError: null,
    },
  })
  expect(url).not.toHaveBeenCalled()
  expect(environment).not.toHaveBeenCalled()
  expect(before).toEqual([])
  expect(touched).toEqual([])
  for (const timer of timers) expect(timer).not.toHaveBeenCalled()
  expect(complaints).not.toHaveBeenCalled()
})
