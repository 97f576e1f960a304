/** Topics by component: who reads decides what the server is asked for. R31, R32, R39. */

import { act, render, renderHook } from '@testing-library/react'
import { memo, Profiler, type ReactNode, StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  createWebSocketContext,
  json,
  type OwnConnectionProps,
  useMessages,
  useTopic,
  WebSocketProvider,
} from '../../hooks/index.ts'
import { createWorld, type FakeSocket, type World } from '../support/index.ts'
import { advanceTimers, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

interface Tick {
  readonly topic: string
  readonly n: number
}
type Ask = { readonly subscribe: readonly string[] } | { readonly unsubscribe: readonly string[] }

const Prices = createWebSocketContext<Tick, Ask>({
  codec: json(),
  topic: ({ topic }) => topic,
  subscribe: (topics) => ({ subscribe: topics }),
  unsubscribe: (topics) => ({ unsubscribe: topics }),
})

const optionsOf = (world: World) => world.options({ jitter: 0, heartbeatInterval: 0 }) as OwnConnectionProps<Tick, Ask>

const Row = memo(({ topic }: { topic: string }) => <i>{`${Prices.useLastMessage({ topic })?.n ?? '-'} `}</i>)

const App = ({ world, children }: { world: World; children?: ReactNode }) => (
  <Prices.Provider {...optionsOf(world)}>{children}</Prices.Provider>
)

const say = (socket: FakeSocket, topic: string, n: number) => socket.receive(JSON.stringify({ topic, n }))

/** Keeps the books as a server would: which topics it has been asked for, and whether anything was asked in vain. */
function serverOf(socket: FakeSocket) {
  const topics = new Set<string>()
  const counts = { subscribe: 0, unsubscribe: 0, inVain: 0 }
  return {
    counts,
    /** What has come since the last time of asking. */
    read() {
      for (const text of socket.sent.splice(0)) {
        const { subscribe = [], unsubscribe = [] } = JSON.parse(String(text))
        if (subscribe.length) counts.subscribe++
        if (unsubscribe.length) counts.unsubscribe++
        for (const topic of subscribe) {
          if (topics.has(topic)) counts.inVain++
          topics.add(topic)
        }
        for (const topic of unsubscribe) if (!topics.delete(topic)) counts.inVain++
      }
      return { size: topics.size, ...counts }
    },
  }
}

/** What is due at the end of a task has been done. */
async function endTask(): Promise<void> {
  await act(async () => {})
  advanceTimers()
}

describe.each([false, true])('1,000 rows on 500 topics, StrictMode %s', (isStrict) => {
  const ROWS = Array.from({ length: 1000 }, (_, i) => ({ key: i, topic: `t${i % 500}` }))
  const tree = (world: World, rows: typeof ROWS) => {
    const app = (
      <App world={world}>
        {rows.map(({ key, topic }) => (
          <Row key={key} topic={topic} />
        ))}
      </App>
    )
    return isStrict ? <StrictMode>{app}</StrictMode> : app
  }

  it('[R39] mount, unmount and reconnect: one subscribe message per task, none missing and none too many', async () => {
    const world = createWorld()
    const { rerender, unmount } = render(tree(world, ROWS))
    await endTask()
    settle(() => world.socket.accept())
    await endTask()
    const server = serverOf(world.socket)
    expect(server.read()).toEqual({ size: 500, subscribe: 1, unsubscribe: 0, inVain: 0 })

    // Half of the rows, and with them no topic; then the second half of the topics; then everything again.
    rerender(tree(world, ROWS.slice(500)))
    await endTask()
    expect(server.read()).toEqual({ size: 500, subscribe: 1, unsubscribe: 0, inVain: 0 })
    rerender(tree(world, ROWS.slice(750)))
    await endTask()
    expect(server.read()).toEqual({ size: 250, subscribe: 1, unsubscribe: 1, inVain: 0 })
    rerender(tree(world, ROWS))
    await endTask()
    expect(server.read()).toEqual({ size: 500, subscribe: 2, unsubscribe: 1, inVain: 0 })

    settle(() => {
      world.socket.die()
      world.advance(1000)
    })
    settle(() => world.socket.accept())
    await endTask()
    const again = serverOf(world.socket)
    expect(again.read()).toEqual({ size: 500, subscribe: 1, unsubscribe: 0, inVain: 0 })

    rerender(tree(world, []))
    await endTask()
    expect(again.read()).toEqual({ size: 0, subscribe: 1, unsubscribe: 1, inVain: 0 })
    unmount()
    advanceTimers()
    world.advance(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R31][R39] 1,000 messages in a second render each row at most once per frame', async () => {
    const world = createWorld()
    const commits = vi.fn()
    const { container } = render(
      <Profiler id="" onRender={commits}>
        {tree(world, ROWS)}
      </Profiler>,
    )
    settle(() => world.socket.accept())
    await endTask()
    advanceTimers(40)
    commits.mockClear()
    for (let n = 0; n < 1000; n++) {
      act(() => say(world.socket, `t${n % 500}`, n))
      advanceTimers(1)
    }
    advanceTimers(40)
    const frames = 1000 / 16
    expect(commits.mock.calls.length).toBeLessThanOrEqual(frames + 3)
    expect(container.textContent).toBe(ROWS.map(({ key }) => `${500 + (key % 500)} `).join(''))
  })
})

describe('a view of a topic', () => {
  function setup<T>(useView: (topic: string) => T) {
    const world = createWorld()
    const view = renderHook(useView, { initialProps: 'a', wrapper: (props) => <App world={world} {...props} /> })
    settle(() => world.socket.accept())
    return { ...view, world }
  }

  it.each<[string, (topic: string) => unknown, unknown, unknown]>([
    ['useLastMessage', (topic) => Prices.useLastMessage({ topic })?.n ?? null, 1, null],
    ['useLastMessage with a filter', (topic) => Prices.useLastMessage(({ n }) => n > 0, { topic })?.n ?? null, 1, null],
    [
      'useLastMessageEvent',
      (topic) => Prices.useLastMessageEvent({ topic })?.data ?? null,
      '{"topic":"a","n":1}',
      null,
    ],
    ['useMessages', (topic) => Prices.useMessages({ topic }).map(({ data }) => data.n), [1], []],
    ['useMessageReducer', (topic) => Prices.useMessageReducer((sum, { n }) => sum + n, 0, { topic }), 1, 0],
  ])('[R39] %s: its messages alone, and nothing of them once the topic is another', (_, useView, one, none) => {
    const { result, rerender, world } = setup(useView)
    settle(() => say(world.socket, 'b', 7))
    expect(result.current).toEqual(none)
    settle(() => say(world.socket, 'a', 1))
    expect(result.current).toEqual(one)
    rerender('b')
    expect(result.current).toEqual(none)
    rerender('a')
    expect(result.current).toEqual(none)
  })

  it('[R39] another topic is asked for in the place of the one before', async () => {
    const { rerender, world } = setup((topic) => Prices.useLastMessage({ topic }))
    await endTask()
    world.socket.sent.length = 0
    rerender('b')
    await endTask()
    expect(world.socket.sent).toEqual(['{"subscribe":["b"]}', '{"unsubscribe":["a"]}'])
  })

  it('[R39] a handler counts as a reader, and a provider’s own words come first', async () => {
    const world = createWorld()
    const heard: unknown[] = []
    function Reader() {
      useTopic<Tick>('a', ({ n }) => heard.push(n))
      return <p>{useMessages<Tick>({ topic: 'a' }).length}</p>
    }
    const { container, unmount } = render(
      <WebSocketProvider
        {...(world.options() as OwnConnectionProps)}
        codec={json()}
        topic={({ topic }: Tick) => topic}
        subscribe={(topics) => ({ follow: topics })}
      >
        <Reader />
      </WebSocketProvider>,
    )
    settle(() => world.socket.accept())
    await endTask()
    expect(world.socket.sent).toEqual(['{"follow":["a"]}'])
    settle(() => say(world.socket, 'a', 1))
    expect([heard, container.textContent]).toEqual([[1], '1'])
    unmount()
    advanceTimers()
    expect(world.socket.sent).toHaveLength(1)
  })
})
