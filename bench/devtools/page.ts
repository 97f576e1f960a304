/**
 * Owns the page on which the developer tools are measured: what a message costs with and without them, and how long the page
 * stands still under a flood. Built for development, as they are.
 */

import { createElement as h } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { WebSocketDevtools } from '../../devtools/index.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { acceptAll, FakeSocket, messageEvent } from '../fake-socket.ts'
import { bestOf, sample } from '../node/timing.ts'

/** Messages per batch: short enough to fit between two interruptions. */
const MANY = 20_000
const BATCHES = 40

let received = 0
const longTasks: number[] = []
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: 'longtask',
})

let root: Root | undefined

const bench = {
  /** Puts the tools on the page, or takes them away; resolves once they are drawn. */
  async tools(isThere: boolean, initialIsOpen = false): Promise<void> {
    root?.unmount()
    root = undefined
    if (!isThere) return
    root = createRoot(document.getElementById('root') as HTMLElement)
    root.render(h(WebSocketDevtools, { initialIsOpen }))
    const drawn = () => document.querySelector('websocket-devtools')?.shadowRoot?.querySelector('.stage')
    while (!drawn()) await new Promise((done) => setTimeout(done, 10))
  },
  /** Ns for a message in and a message out, over a fake socket. */
  async cost(): Promise<readonly [received: number, sent: number]> {
    const opened = acceptAll(1)
    const client = new WebSocketReconnect({ url: 'ws://example.test/', WebSocket: FakeSocket as never })
    client.on('message', () => received++)
    client.connect()
    const [socket] = (await opened) as [FakeSocket]
    const events = Array.from({ length: 64 }, (_, i) => messageEvent(sample(i)))
    const text = sample(0)
    const found = [
      bestOf(BATCHES, MANY, (times) => {
        for (let i = 0; i < times; i++) socket.receive(events[i & 63] as never)
      }),
      bestOf(BATCHES, MANY, (times) => {
        for (let i = 0; i < times; i++) client.send(text)
      }),
    ] as const
    client.close()
    socket.end(1000)
    return found
  },
  /** Connects to the server, which floods; resolves when it has closed, with how many messages came. */
  flood(url: string): Promise<number> {
    received = 0
    longTasks.length = 0
    const client = new WebSocketReconnect({ url, shouldReconnect: () => false })
    client.on('message', () => received++)
    const closed = new Promise<number>((done) => client.on('close', () => setTimeout(() => done(received), 500)))
    client.connect()
    return closed
  },
  open(tab: string): void {
    const button = document.querySelector('websocket-devtools')?.shadowRoot?.querySelector<HTMLElement>(`#tab-${tab}`)
    button?.click()
  },
  longTasks: () => [...longTasks],
}

export type Bench = typeof bench
Object.assign(globalThis, { bench })
