/**
 * Owns the page in which React apps of every library do the same things, and counts what React commits.
 * Must never know whose components they are.
 */

import type { ComponentType, ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { acceptAll, FakeSocket, messageEvent } from '../fake-socket.ts'
import { type ReactPeer, renders } from '../peers/react.ts'
import { commits } from './commits.ts'

const USERS = 1000
const FAKE_URL = 'ws://example.test/'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves when nothing has been committed for a while. */
async function quiet(ms = 150): Promise<void> {
  for (let seen = -1; seen !== commits.count; await pause(ms)) seen = commits.count
}

function mount(node: ReactNode) {
  const root = createRoot(document.getElementById('root') as HTMLElement)
  commits.count = 0
  renders.count = 0
  const start = performance.now()
  root.render(node)
  return {
    /** Ms until the last commit so far. */
    elapsed: () => commits.lastAt - start,
    async unmount() {
      root.unmount()
      await pause(100)
    },
  }
}

const each = (Component: ComponentType<{ url: string }>) =>
  Array.from({ length: USERS }, (_, i) => <Component key={i} url={`${FAKE_URL}${i}`} />)

/** A component below the shared connection; not every one asks for a topic. */
type Child = ComponentType<{ url: string; topic: string }>

const openSoFar = () => document.getElementsByClassName('open').length

export const program = ({ List, Shared, Reader, User, Own }: ReactPeer) => {
  const Platform = globalThis.WebSocket
  const fake = (count: number) => {
    globalThis.WebSocket = FakeSocket as never
    return acceptAll(count)
  }
  /** One shared connection; every child has the same url. */
  const shared = (Component: Child) => (
    <Shared url={FAKE_URL}>
      {Array.from({ length: USERS }, (_, i) => (
        <Component key={i} url={FAKE_URL} topic={`S${i}`} />
      ))}
    </Shared>
  )
  let concerned: { sockets: FakeSocket[]; unmount(): Promise<void> }

  return {
    /** Messages from a real server, as fast as they come, into a component that lists them. */
    async burst(url: string, count: number) {
      let [delivered, firstAt] = [0, 0]
      globalThis.WebSocket = class extends Platform {
        constructor(url: string | URL) {
          super(url)
          this.addEventListener('message', () => {
            if (!delivered++) {
              firstAt = performance.now()
              commits.count = 0
            }
          })
        }
      }
      const app = mount(<List url={url} />)
      while (delivered < count) await pause(20)
      await quiet()
      const elapsed = commits.lastAt - firstAt
      const seen = Number(document.getElementById('count')?.textContent)
      const result = { commits: commits.count, lost: count - seen, elapsed }
      await app.unmount()
      globalThis.WebSocket = Platform
      return result
    },

    /** 1,000 components on one connection, each waiting for its own kind of message. */
    async prepare() {
      const sockets: FakeSocket[] = []
      const opened = fake(1)
      const { unmount } = mount(shared(Reader))
      sockets.push(...(await opened))
      await quiet()
      concerned = { sockets, unmount }
      commits.count = 0
      renders.count = 0
    },

    async concern(messages: number) {
      const [socket] = concerned.sockets as [FakeSocket]
      for (let i = 0; i < messages; i++) {
        socket.receive(messageEvent(`S${(i * 37) % USERS}:${i}`))
        await pause(20)
      }
      await quiet(50)
      const shown = document.getElementById('root')?.textContent ?? ''
      const last = messages - 1
      const lost = shown.includes(`S${(last * 37) % USERS}:${last}`) ? 0 : 1
      return { commits: commits.count / messages, renders: renders.count / messages, lost }
    },

    leave: () => concerned.unmount(),

    /** 1,000 components that show the state of one connection. */
    users: () => appear(1, () => shared(User as Child)),

    /** 1,000 components with a connection each. */
    own: () => appear(USERS, () => each(Own)),
  }

  async function appear(expected: number, app: () => ReactNode) {
    const all: FakeSocket[] = []
    const opened = fake(expected)
    const admit = FakeSocket.onDial
    FakeSocket.onDial = (socket) => {
      all.push(socket)
      admit(socket)
    }
    const { elapsed, unmount } = mount(app())
    await opened
    for (let wait = 0; openSoFar() < USERS && wait < 500; wait++) await pause(20)
    await quiet(50)
    const result = { commits: commits.count, elapsed: elapsed(), sockets: all.length, missing: USERS - openSoFar() }
    await unmount()
    return { ...result, left: all.filter(({ readyState }) => readyState < 2).length }
  }
}
