/**
 * The page of the fault tests: a client under observation, and the platform's own sockets and events beside it.
 * It only reports. Whatever a test wants to know has been written down here when it happened.
 */

import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'

type Plain = Omit<Partial<WebSocketReconnectOptions>, 'url'>

const news = new Set<() => void>()
const tell = (line: string) => {
  lab.told.push(line)
  for (const wake of [...news]) wake()
}

const Native = globalThis.WebSocket
/** Every socket of the page, the client's and the page's own. */
class Watched extends Native {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols)
    lab.sockets.push(this)
    this.addEventListener('error', () => tell('raw error'))
    this.addEventListener('close', ({ code, wasClean }) => tell(`raw close ${code}${wasClean ? ' clean' : ''}`))
  }
}
globalThis.WebSocket = Watched as typeof WebSocket

const lab = {
  told: [] as string[],
  sockets: [] as WebSocket[],
  messages: [] as unknown[],
  client: undefined as unknown as WebSocketReconnect,
  /** Connects a client; several addresses are dialled in turn, and the last one stays. */
  connect(urls: string | string[], options: Plain = {}) {
    let dials = 0
    const client = new WebSocketReconnect({
      url: typeof urls === 'string' ? urls : () => urls[Math.min(dials++, urls.length - 1)] as string,
      baseDelay: 5,
      maxDelay: 20,
      jitter: 0,
      random: () => 0.5,
      maxRetries: Infinity,
      heartbeatInterval: 0,
      circuitBreaker: false,
      ...options,
    })
    lab.client = client
    client.on('open', () => tell('open'))
    client.on('close', ({ code }) => tell(`close ${code}`))
    client.on('error', ({ code }) => tell(`error ${code}`))
    client.on('retry', ({ attempt, delay }) => tell(`retry ${attempt} in ${delay}`))
    client.on('drop', ({ reason }) => tell(`drop ${reason}`))
    client.on('message', ({ data }) => {
      lab.messages.push(data)
      for (const wake of [...news]) wake()
    })
    client.connect()
  },
  /** Resolves when this is true, looking again after all that happens. */
  until(fits: () => unknown): Promise<true> {
    return new Promise((resolve) => {
      const look = () => {
        if (!fits()) return
        news.delete(look)
        resolve(true)
      }
      news.add(look)
      look()
    })
  },
  count: (line: string) => lab.told.filter((other) => other === line).length,
}

for (const type of ['freeze', 'resume', 'visibilitychange'] as const) document.addEventListener(type, () => tell(type))
for (const type of ['online', 'offline'] as const) addEventListener(type, () => tell(type))
for (const type of ['pagehide', 'pageshow'] as const) {
  addEventListener(type, ({ persisted }) => {
    tell(`${type}${persisted ? ' persisted' : ''}, socket ${lab.sockets.at(-1)?.readyState ?? 'none'}`)
  })
}
addEventListener('error', ({ message }) => tell(`uncaught ${message}`))
addEventListener('unhandledrejection', ({ reason }) => tell(`unhandled ${reason}`))
addEventListener('securitypolicyviolation', () => tell('policy violation'))

Object.assign(globalThis, { lab })
