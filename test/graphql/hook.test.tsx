/**
 * The hook and its provider: G30–G35 of docs/GRAPHQL.md, in jsdom and virtual time.
 */

import { act, render } from '@testing-library/react'
import { parse, print } from 'graphql'
import * as React from 'react'
import { Component, type ReactNode, StrictMode, Suspense, useEffect, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import {
  GraphQLProvider,
  type GraphQLProviderProps,
  type Subscription,
  type SubscriptionOptions,
  useGraphQLClient,
  useSubscription,
} from '../../hooks/graphql.ts'
import { GraphQLSubscriptionClient } from '../../src/graphql/index.ts'
import { createWorld, type World } from '../support/index.ts'
import { advanceTimers, setupHookTests, silenceConsoleErrors } from '../support/react-scene.tsx'
import { ENDPOINT, greet, open, say, sent, taken } from './stage.ts'

setupHookTests()

const QUERY = 'subscription News($of: String) { news(of: $of) }'

function surroundings(world: World) {
  const { url: _, ...options } = world.options({ jitter: 0 })
  return options
}

/** A client of nobody's, acknowledged. */
async function acknowledged() {
  const world = createWorld()
  const client = new GraphQLSubscriptionClient(ENDPOINT, surroundings(world))
  client.connect()
  await greet(world)
  taken(world.socket)
  return { world, client }
}

const next = (id: string, data: unknown) => ({ id, type: 'next', payload: { data } })
const types = (messages: { type: string }[]) => messages.map(({ type }) => type)

/** A component that shows what the hook says, and remembers every render. */
function reader() {
  const renders: Subscription[] = []
  function Reader({ query = QUERY, ...options }: SubscriptionOptions & { query?: string }) {
    renders.push(useSubscription(query, options))
    return null
  }
  return { Reader, renders, last: () => renders.at(-1) as Subscription }
}

describe('useSubscription', () => {
  it('[G30 useSubscription] shows data, error, complete and state', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    render(<Reader client={client} variables={{ of: 'tea' }} operationName="News" />)
    expect(last()).toEqual({ data: undefined, error: null, complete: false, state: 'OPEN' })
    const [{ id, payload }] = taken(world.socket)
    expect(payload).toEqual({ query: QUERY, variables: { of: 'tea' }, operationName: 'News' })
    act(() => say(world.socket, next(id, { news: 1 })))
    expect(last()).toEqual({ data: { news: 1 }, error: null, complete: false, state: 'OPEN' })
    advanceTimers(40)
    const errors = [{ message: 'half of it is missing' }]
    act(() => say(world.socket, { id, type: 'next', payload: { data: { news: null }, errors } }))
    expect(last()).toEqual({ data: { news: null }, error: errors, complete: false, state: 'OPEN' })
    advanceTimers(40)
    act(() => say(world.socket, next(id, { news: 2 })))
    expect(last().error).toBe(null)
    advanceTimers(40)
    act(() => say(world.socket, { id, type: 'complete' }))
    expect(last()).toEqual({ data: { news: 2 }, error: null, complete: true, state: 'OPEN' })
  })

  it('[G30 useSubscription] shows the operation’s own errors', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    const onError = vi.fn()
    render(<Reader client={client} onError={onError} />)
    const [{ id }] = taken(world.socket)
    const errors = [{ message: 'no such field' }]
    act(() => say(world.socket, { id, type: 'error', payload: errors }))
    expect(last()).toEqual({ data: undefined, error: errors, complete: false, state: 'OPEN' })
    expect(onError.mock.calls).toEqual([[errors]])
  })

  it('[G30 useSubscription] shows why the connection is down until it is back, and keeps the data', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    const onError = vi.fn()
    render(<Reader client={client} onError={onError} />)
    const [{ id }] = taken(world.socket)
    act(() => say(world.socket, next(id, { news: 1 })))
    advanceTimers(40)
    act(() => world.socket.die(4403, 'Forbidden'))
    expect(last()).toMatchObject({ data: { news: 1 }, state: 'FAILED', error: { code: 'FATAL_CLOSE' } })
    expect(last().error).toBe(client.ws.getSnapshot().error)
    expect(onError.mock.calls).toEqual([[client.ws.getSnapshot().error]])
    advanceTimers(40)
    await act(async () => {
      client.connect()
      await greet(world)
    })
    advanceTimers(40)
    expect(last()).toEqual({ data: { news: 1 }, error: null, complete: false, state: 'OPEN' })
    expect(types(sent(world.socket))).toEqual(['connection_init', 'subscribe'])
  })

  it('[G30 useSubscription] on a client that has given up hears why, once, and shows it at once', async () => {
    const { world, client } = await acknowledged()
    world.socket.die(4403, 'Forbidden')
    const { error } = client.ws.getSnapshot()
    const { Reader, last } = reader()
    const onError = vi.fn()
    const view = render(
      <StrictMode>
        <Reader client={client} onError={onError} />
      </StrictMode>,
    )
    expect(last()).toEqual({ data: undefined, error, complete: false, state: 'FAILED' })
    await act(() => world.settle())
    advanceTimers(40)
    expect(onError.mock.calls).toEqual([[error]])
    view.rerender(
      <StrictMode>
        <Reader client={client} onError={onError} skip />
      </StrictMode>,
    )
    await act(() => world.settle())
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('[G30 useSubscription] follows query and variables by value, and nothing else', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    const view = render(<Reader client={client} variables={{ of: 'tea' }} />)
    const [{ id: first }] = taken(world.socket)
    act(() => say(world.socket, next(first, { news: 'tea' })))
    view.rerender(<Reader client={client} variables={{ of: 'tea' }} onData={() => {}} />)
    advanceTimers()
    expect(taken(world.socket)).toEqual([])

    view.rerender(<Reader client={client} variables={{ of: 'coffee' }} />)
    expect(last().data).toBe(undefined)
    advanceTimers()
    const [subscribed, completed] = taken(world.socket)
    expect(subscribed.payload.variables).toEqual({ of: 'coffee' })
    expect(completed).toEqual({ id: first, type: 'complete' })
    act(() => say(world.socket, next(first, { news: 'tea' }), next(subscribed.id, { news: 'coffee' })))
    expect(last().data).toEqual({ news: 'coffee' })

    view.rerender(<Reader client={client} variables={{ of: 'coffee' }} query="subscription { other }" />)
    advanceTimers()
    expect(types(taken(world.socket))).toEqual(['subscribe', 'complete'])
  })

  it('[G30 useSubscription] knows a document by its text: one that is written inline subscribes once', async () => {
    const { world, client } = await acknowledged()
    function Inline() {
      return <>{useSubscription({ kind: 'Document', loc: { source: { body: QUERY } } } as object, { client }).data}</>
    }
    const { container } = render(<Inline />)
    const messages = taken(world.socket)
    for (let n = 1; n <= 3; n++) {
      act(() => say(world.socket, next(messages[0].id, n)))
      advanceTimers(40)
    }
    expect(container.textContent).toBe('3')
    expect([...types(messages), ...types(sent(world.socket))]).toEqual(['subscribe'])
  })

  type Asked = Omit<SubscriptionOptions, 'client'> & { query?: string }

  /** What goes out when a component that asks for the first is told to ask for the second, and the data it keeps. */
  async function after(first: Asked, second: Asked) {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    const view = render(<Reader client={client} {...first} />)
    const [{ id }] = taken(world.socket)
    act(() => say(world.socket, next(id, 'kept')))
    advanceTimers(40)
    view.rerender(<Reader client={client} {...second} />)
    advanceTimers(40)
    return { sent: types(sent(world.socket)), data: last().data }
  }

  it.each<[string, Asked, Asked]>([
    ['variables in another order', { variables: { a: 1, b: 2 } }, { variables: { b: 2, a: 1 } }],
    [
      'another order deep inside, and in extensions',
      { variables: { in: [{ a: 1, b: { c: 1, d: 2 } }] }, extensions: { x: 1, y: 2 } },
      { variables: { in: [{ b: { d: 2, c: 1 }, a: 1 }] }, extensions: { y: 2, x: 1 } },
    ],
    ['no variables and {}', {}, { variables: {} }],
    ['{} and undefined', { variables: {} }, { variables: undefined }],
    ['{} and null', { variables: {} }, { variables: null as never }],
    ['an undefined variable and none', { variables: { of: undefined, a: 1 } }, { variables: { a: 1 } }],
    ['no extensions and {}', {}, { extensions: {} }],
    ['no operationName and undefined', {}, { operationName: undefined }],
    ['no operationName and null', {}, { operationName: null as never }],
    ['a date and its text', { variables: { at: new Date(0) } }, { variables: { at: '1970-01-01T00:00:00.000Z' } }],
    [
      'other white space',
      { query: 'subscription{a(b:1){c}}' },
      { query: '\n subscription {\n\ta ( b : 1 ) { c }\r\n}\n' },
    ],
    ['comments', { query: '{ a b }' }, { query: '# "what it does"\n{ a # and } this\n b }' }],
    ['commas', { query: '{ a(b: [1, 2], c: 3) }' }, { query: '{ a(b: [1 2] c: 3,) }' }],
    ['a byte order mark', { query: '{ a }' }, { query: '\uFEFF{ a }' }],
    ['spreads', { query: '{ ...A ... on B { c } }' }, { query: '{...A...on B{c}}' }],
    ['a text around which there is space', { query: '{ a(b: "x # y") }' }, { query: '{a(b:"x # y")}' }],
    [
      'a block around which there is space',
      { query: '{ a(b: """x "y" \\""" z""") c }' },
      { query: '{a(b:"""x "y" \\""" z""")c}' },
    ],
  ])('[G30 useSubscription] knows the same question in other words, and asks it once: %s', async (_, first, second) => {
    expect(await after(first, second)).toEqual({ sent: [], data: 'kept' })
    expect(await after(second, first)).toEqual({ sent: [], data: 'kept' })
  })

  it.each<[string, Asked, Asked]>([
    ['another value', { variables: { a: 1 } }, { variables: { a: 2 } }],
    ['a text for a number', { variables: { a: 1 } }, { variables: { a: '1' } }],
    ['null for nothing', { variables: {} }, { variables: { a: null } }],
    ['a list in another order', { variables: { a: [1, 2] } }, { variables: { a: [2, 1] } }],
    ['a list for an object', { variables: { a: ['x'] } }, { variables: { a: { 0: 'x' } } }],
    ['another name with the same value', { variables: { a: 1 } }, { variables: { b: 1 } }],
    ['extensions', { extensions: { a: 1 } }, {}],
    ['operationName', { operationName: 'A' }, { operationName: 'B' }],
    ['another field', { query: '{ ab }' }, { query: '{ a b }' }],
    ['space in a text', { query: '{ a(b: "x y") }' }, { query: '{ a(b: "x  y") }' }],
    ['a comma in a text', { query: '{ a(b: "x,y") }' }, { query: '{ a(b: "x y") }' }],
    ['a hash in a text', { query: '{ a(b: "x#y") }' }, { query: '{ a(b: "x#z") }' }],
    ['an escaped quote', { query: '{ a(b: "\\" ,#x") }' }, { query: '{ a(b: "\\"  #x") }' }],
    ['space in a block', { query: '{ a(b: """x\n y""") }' }, { query: '{ a(b: """x\n  y""") }' }],
    ['a quote in a block', { query: '{ a(b: """x " # y""") }' }, { query: '{ a(b: """x " # z""") }' }],
    ['another number', { query: '{ a(b: [1 2]) }' }, { query: '{ a(b: [12]) }' }],
    ['another fraction', { query: '{ a(b: 1.5e-3) }' }, { query: '{ a(b: 1.5e3) }' }],
    ['a variable', { query: '{ a(b: $c) }' }, { query: '{ a(b: c) }' }],
  ])('[G30 useSubscription] asks anew for what is another question: %s', async (_, first, second) => {
    expect(await after(first, second)).toEqual({ sent: ['subscribe', 'complete'], data: undefined })
  })

  it('[G30 useSubscription] sends what it was given, in its own order and words', async () => {
    const { world, client } = await acknowledged()
    const { Reader } = reader()
    const query = '# mine\n{ a, b }'
    render(<Reader client={client} query={query} variables={{ b: 1, a: 2 }} />)
    expect(JSON.stringify(sent(world.socket)[0].payload)).toBe(JSON.stringify({ query, variables: { b: 1, a: 2 } }))
  })

  it('[G30 useSubscription] knows a document without its source by what is in it', async () => {
    const world = createWorld()
    const client = new GraphQLSubscriptionClient(ENDPOINT, { ...surroundings(world), print })
    client.connect()
    await greet(world)
    function Inline({ text }: { text: string }) {
      useSubscription(parse(text, { noLocation: true }), { client })
      return null
    }
    const view = render(<Inline text="{ a b }" />)
    for (const text of ['{ a, b }', '{ b a }']) view.rerender(<Inline text={text} />)
    advanceTimers(40)
    expect(types(sent(world.socket))).toEqual(['connection_init', 'subscribe', 'subscribe', 'complete'])
  })

  it('[G30 useSubscription] looks at nothing while skip is set', async () => {
    const { world, client } = await acknowledged()
    const { Reader } = reader()
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const view = render(<Reader client={client} variables={circular} skip />)
    view.rerender(<Reader client={client} variables={{ n: 1n }} skip />)
    advanceTimers(40)
    expect(sent(world.socket)).toEqual([])
  })

  it('[G30 useSubscription] shows no errors where a result has none: an empty list is none', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    render(<Reader client={client} />)
    const [{ id }] = taken(world.socket)
    act(() => say(world.socket, { id, type: 'next', payload: { data: 1, errors: [] } }))
    expect(last()).toMatchObject({ data: 1, error: null })
  })

  it('[G30 useSubscription] asks for nothing while skip is set', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    const view = render(<Reader client={client} skip />)
    expect(sent(world.socket)).toEqual([])
    expect(last()).toEqual({ data: undefined, error: null, complete: false, state: 'OPEN' })
    view.rerender(<Reader client={client} />)
    const [{ id }] = taken(world.socket)
    act(() => say(world.socket, next(id, 1)))
    view.rerender(<Reader client={client} skip />)
    advanceTimers()
    expect(sent(world.socket)).toEqual([{ id, type: 'complete' }])
    expect(last().data).toBe(undefined)
    act(() => world.socket.die(1006))
    advanceTimers(40)
    expect(last().state).toBe('CLOSED')
  })

  it('[G30 useSubscription] follows the client, too', async () => {
    const [one, two] = [await acknowledged(), await acknowledged()]
    const { Reader } = reader()
    const view = render(<Reader client={one.client} />)
    view.rerender(<Reader client={two.client} />)
    advanceTimers()
    expect(types(sent(one.world.socket))).toEqual(['subscribe', 'complete'])
    expect(types(sent(two.world.socket))).toEqual(['subscribe'])
  })

  it('[G30 useSubscription] calls the latest render’s handlers', async () => {
    const { world, client } = await acknowledged()
    const heard: unknown[] = []
    function Counter() {
      const [count, setCount] = useState(0)
      useSubscription(QUERY, {
        client,
        onData: ({ data }) => {
          heard.push([count, data])
          setCount(count + 1)
        },
        onComplete: () => heard.push([count, 'complete']),
      })
      return null
    }
    render(<Counter />)
    const [{ id }] = taken(world.socket)
    act(() => say(world.socket, next(id, 'a')))
    act(() => say(world.socket, next(id, 'b')))
    act(() => say(world.socket, { id, type: 'complete' }))
    expect(heard).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'complete'],
    ])
  })

  it('[G30 useSubscription] a handler that throws disturbs neither the view nor the connection', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    render(
      <Reader
        client={client}
        onData={() => {
          throw new Error('handler')
        }}
      />,
    )
    const [{ id }] = taken(world.socket)
    act(() => say(world.socket, next(id, 1)))
    expect(reported.map(String)).toEqual(['Error: handler'])
    expect(last()).toMatchObject({ data: 1, state: 'OPEN' })
  })

  it('[G30 useSubscription] returns the same object as long as it says the same', async () => {
    const { world, client } = await acknowledged()
    const { Reader, renders } = reader()
    const view = render(<Reader client={client} />)
    view.rerender(<Reader client={client} />)
    act(() => world.advance(5000))
    advanceTimers(100)
    expect(new Set(renders).size).toBe(1)
    expect(renders).toHaveLength(2)
  })

  it('[G30 useSubscription] outside a provider, an error shows what to wrap', () => {
    const { Reader } = reader()
    expect(() => render(<Reader />)).toThrow(/wrap this component in <GraphQLProvider endpoint="wss:\/\/…">/)
    silenceConsoleErrors()
  })

  it('[G30 useSubscription] types its result by its document', async () => {
    const { client } = await acknowledged()
    const document = Object.assign(new String(QUERY), {}) as string & {
      __apiType?: (variables: { of: string }) => { news: number }
    }
    function Typed() {
      const { data } = useSubscription(document, { client, variables: { of: 'tea' }, onData: ({ data }) => data?.news })
      // @ts-expect-error the variables are wrong
      useSubscription(document, { client, skip: true, variables: { of: 5 } })
      return <b>{data?.news.toFixed()}</b>
    }
    render(<Typed />)
  })
})

describe('one, under all circumstances', () => {
  it('[G31 StrictMode] one subscription on the server, none after unmount', async () => {
    const { world, client } = await acknowledged()
    const { Reader } = reader()
    const view = render(
      <StrictMode>
        <Reader client={client} />
      </StrictMode>,
    )
    advanceTimers()
    const messages = taken(world.socket)
    expect(types(messages)).toEqual(['subscribe'])
    view.unmount()
    advanceTimers()
    expect(sent(world.socket)).toEqual([{ id: messages[0].id, type: 'complete' }])
  })

  it('[G31 StrictMode] the provider makes one handshake and asks connectionParams once', async () => {
    const world = createWorld()
    const connectionParams = vi.fn(() => ({ token: 1 }))
    const { Reader } = reader()
    const view = render(
      <StrictMode>
        <GraphQLProvider endpoint={ENDPOINT} {...surroundings(world)} connectionParams={connectionParams}>
          <Reader />
        </GraphQLProvider>
      </StrictMode>,
    )
    advanceTimers()
    await act(() => greet(world))
    advanceTimers(40)
    expect(world.dials).toBe(1)
    expect(connectionParams).toHaveBeenCalledTimes(1)
    expect(types(sent(world.socket))).toEqual(['connection_init', 'subscribe'])
    view.unmount()
    advanceTimers()
    await world.advanceAsync(0)
    expect([world.liveSockets.length, world.timers, world.watchers, vi.getTimerCount()]).toEqual([0, 0, 0, 0])
  })

  it('[G31 Suspense] a render that is thrown away has subscribed to nothing', async () => {
    const { world, client } = await acknowledged()
    let wake = () => {}
    let isReady = false
    const promise = new Promise<void>((resolve) => {
      wake = () => {
        isReady = true
        resolve()
      }
    })
    function Sleepy() {
      useSubscription(QUERY, { client })
      if (!isReady) throw promise
      return null
    }
    render(
      <Suspense>
        <Sleepy />
      </Suspense>,
    )
    advanceTimers()
    expect(sent(world.socket)).toEqual([])
    await act(async () => wake())
    advanceTimers()
    expect(types(sent(world.socket))).toEqual(['subscribe'])
  })

  const { Activity } = React as { Activity?: typeof React.Activity }

  // React 18 has no Activity.
  if (Activity)
    it('[G31 Activity] a hidden tree rests, and begins anew when it is shown', async () => {
      const Hideable = Activity as typeof React.Activity
      const world = createWorld()
      const { Reader, last } = reader()
      const tree = (mode: 'visible' | 'hidden') => (
        <Hideable mode={mode}>
          <GraphQLProvider endpoint={ENDPOINT} {...surroundings(world)}>
            <Reader />
          </GraphQLProvider>
        </Hideable>
      )
      const view = render(tree('visible'))
      await act(() => greet(world))
      const [, { id }] = taken(world.socket)
      act(() => say(world.socket, next(id, 1), { id, type: 'complete' }))
      advanceTimers(40)
      expect(last()).toMatchObject({ data: 1, complete: true })
      view.rerender(tree('hidden'))
      advanceTimers(40)
      await act(() => world.advanceAsync(0))
      expect(world.liveSockets).toEqual([])
      view.rerender(tree('visible'))
      advanceTimers(40)
      expect(last()).toMatchObject({ data: undefined, complete: false })
      await act(() => greet(world))
      advanceTimers(40)
      expect(world.dials).toBe(2)
      expect(types(sent(world.socket))).toEqual(['connection_init', 'subscribe'])
    })

  it('[G32 nothing lost] of 10,000 results in one task: each once in order for onData, the last one in view', async () => {
    const { world, client } = await acknowledged()
    const { Reader, renders, last } = reader()
    const heard: unknown[] = []
    render(<Reader client={client} onData={({ data }) => heard.push(data)} />)
    const [{ id }] = taken(world.socket)
    const before = renders.length
    act(() => {
      for (let n = 0; n < 10_000; n++) say(world.socket, next(id, n))
    })
    advanceTimers(40)
    expect(heard).toEqual(Array.from({ length: 10_000 }, (_, n) => n))
    expect(last().data).toBe(9999)
    expect(renders.length - before).toBeLessThanOrEqual(2)
  })

  it('[G32 nothing lost] in a task of many renders, nor does React complain', async () => {
    const { world, client } = await acknowledged()
    const { Reader, last } = reader()
    render(<Reader client={client} />)
    const [{ id }] = taken(world.socket)
    await act(async () => {
      for (let n = 0; n < 200; n++) {
        say(world.socket, next(id, n))
        await null
      }
    })
    advanceTimers(40)
    expect(last().data).toBe(199)
  })

  it('[G33 nothing left] by 1,000 mounts: no operation, no timer, no reader', async () => {
    const { world, client } = await acknowledged()
    const { Reader } = reader()
    const readers = vi.spyOn(client.ws, 'subscribe')
    for (let n = 0; n < 1000; n++) {
      const view = render(<Reader client={client} variables={{ n }} />)
      view.unmount()
      if (n % 100 === 99) advanceTimers()
    }
    advanceTimers()
    const messages = taken(world.socket)
    expect(types(messages).filter((type) => type === 'subscribe')).toHaveLength(1000)
    expect(types(messages).filter((type) => type === 'complete')).toHaveLength(1000)
    expect(vi.getTimerCount()).toBe(0)
    expect(readers).toHaveBeenCalledTimes(1000)
    world.socket.die(1006)
    await world.advanceAsync(1000)
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G33 nothing left] by 1,000 hooks mounted at once: one connection, and as many ends as beginnings', async () => {
    const world = createWorld()
    const { Reader } = reader()
    const view = render(
      <GraphQLProvider endpoint={ENDPOINT} {...surroundings(world)}>
        {Array.from({ length: 1000 }, (_, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
          <Reader key={n} variables={{ n }} />
        ))}
      </GraphQLProvider>,
    )
    await act(() => greet(world))
    advanceTimers(40)
    expect(world.dials).toBe(1)
    expect(types(taken(world.socket))).toEqual(['connection_init', ...Array(1000).fill('subscribe')])
    view.unmount()
    advanceTimers()
    await world.advanceAsync(0)
    expect([world.liveSockets.length, world.timers, vi.getTimerCount()]).toEqual([0, 0, 0])
  })

  it('[G33 nothing left] by a document or variables that cannot be sent', async () => {
    const { client } = await acknowledged()
    class Boundary extends Component<{ children: ReactNode }> {
      override state = { hasFailed: false }
      static getDerivedStateFromError = () => ({ hasFailed: true })
      override render() {
        return this.state.hasFailed ? null : this.props.children
      }
    }
    function Broken({ query = QUERY, ...options }: { query?: unknown; variables?: object }) {
      useSubscription(query as string, { client, ...options })
      return <b>not broken</b>
    }
    const watching = vi.spyOn(client.ws, 'subscribe')
    for (const broken of [
      <Broken key="document" query={{}} />,
      <Broken key="blob" variables={{ upload: new Blob(['x']) }} />,
      <Broken key="bigint" variables={{ id: 10n }} />,
      <Broken key="NaN" variables={{ price: Number.NaN }} />,
    ]) {
      const { container, unmount } = render(<Boundary>{broken}</Boundary>)
      expect(container.textContent).toBe('')
      unmount()
    }
    silenceConsoleErrors()
    expect(watching).not.toHaveBeenCalled()
  })

  it('[G33 nothing left] and nobody called, once the component has gone', async () => {
    const { world, client } = await acknowledged()
    const { Reader } = reader()
    const heard = vi.fn()
    const view = render(<Reader client={client} onData={heard} onComplete={heard} onError={heard} />)
    const [{ id }] = taken(world.socket)
    view.unmount()
    // In the same task, before the server has been told.
    say(world.socket, next(id, 1), { id, type: 'complete' })
    world.socket.die(4403)
    advanceTimers()
    expect(heard).not.toHaveBeenCalled()
  })
})

describe('GraphQLProvider', () => {
  function setup(props: Partial<GraphQLProviderProps> = {}) {
    const world = createWorld()
    const { Reader, last } = reader()
    const tree = (more: object = {}) => (
      <GraphQLProvider {...({ endpoint: ENDPOINT, ...surroundings(world), ...props, ...more } as GraphQLProviderProps)}>
        <Reader />
        {props.children}
      </GraphQLProvider>
    )
    const view = render(tree())
    return { world, view, last, rerender: (more: object) => view.rerender(tree(more)) }
  }

  it('[G34 GraphQLProvider] connects in an effect, and closes a task after unmount', async () => {
    const { world, view, last } = setup()
    expect(world.socket.url).toBe(ENDPOINT)
    expect(world.socket.protocols).toEqual(['graphql-transport-ws'])
    await act(() => greet(world))
    advanceTimers(40)
    expect(last().state).toBe('OPEN')
    view.unmount()
    expect(world.socket.readyState).toBe(1)
    advanceTimers()
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
  })

  it('[G34 GraphQLProvider] follows the endpoint by value; the operations go with it', async () => {
    const { world, rerender } = setup()
    await act(() => greet(world))
    rerender({ endpoint: new URL(ENDPOINT) })
    advanceTimers(40)
    expect(world.dials).toBe(1)
    rerender({ endpoint: 'wss://other.example.test/graphql' })
    await act(() => greet(world))
    advanceTimers(40)
    expect(world.sockets.map(({ url }) => url)).toEqual([ENDPOINT, 'wss://other.example.test/graphql'])
    expect(world.liveSockets).toHaveLength(1)
    expect(types(sent(world.socket))).toEqual(['connection_init', 'subscribe'])
  })

  it('[G34 GraphQLProvider] no endpoint is no connection, until there is one', async () => {
    const { world, rerender, last } = setup({ endpoint: null })
    advanceTimers(40)
    expect([world.dials, last().state]).toEqual([0, 'CLOSED'])
    rerender({ endpoint: ENDPOINT })
    await act(() => greet(world))
    advanceTimers(40)
    expect(last().state).toBe('OPEN')
    rerender({ endpoint: null })
    advanceTimers(40)
    await act(() => world.advanceAsync(0))
    advanceTimers(40)
    expect([world.dials, last().state]).toEqual([1, 'CLOSED'])
  })

  it('[G34 GraphQLProvider] asks the latest render’s endpoint and connectionParams, and no new function redials', async () => {
    const { world, rerender } = setup({ endpoint: () => ENDPOINT, connectionParams: () => ({ render: 1 }) })
    rerender({ endpoint: () => `${ENDPOINT}?render=2`, connectionParams: async () => ({ render: 2 }) })
    advanceTimers(40)
    expect(world.dials).toBe(1)
    await act(() => greet(world))
    expect(sent(world.socket)[0]).toEqual({ type: 'connection_init', payload: { render: 2 } })
    rerender({ endpoint: () => `${ENDPOINT}?render=3`, connectionParams: { render: 3 } })
    act(() => world.socket.die(1006))
    await act(() => world.advanceAsync(1000))
    expect(world.socket.url).toBe(`${ENDPOINT}?render=3`)
    await act(() => open(world))
    expect(sent(world.socket)).toEqual([{ type: 'connection_init', payload: { render: 3 } }])
  })

  it('[G34 GraphQLProvider] leaves the user’s own disconnect() alone', async () => {
    const clients: GraphQLSubscriptionClient[] = []
    function Door() {
      clients.push(useGraphQLClient())
      return null
    }
    const { world, rerender, last } = setup({ children: <Door /> })
    await act(() => greet(world))
    clients[0]?.disconnect()
    await act(() => world.advanceAsync(0))
    for (const endpoint of [ENDPOINT, 'wss://other.example.test/graphql']) {
      rerender({ endpoint })
      advanceTimers(40)
      expect([world.dials, last().state]).toEqual([1, 'CLOSED'])
    }
    act(() => void clients[0]?.connect())
    await act(() => greet(world))
    advanceTimers(40)
    expect(world.socket.url).toBe('wss://other.example.test/graphql')
    expect(last().state).toBe('OPEN')
    expect(new Set(clients).size).toBe(1)
  })

  /** A child that does something with the client in its first effect. */
  function Early({ act }: { act: (client: GraphQLSubscriptionClient) => void }) {
    const client = useGraphQLClient()
    // biome-ignore lint/correctness/useExhaustiveDependencies: once
    useEffect(() => act(client), [])
    return null
  }

  it('[G34 GraphQLProvider] a child may connect() in its first effect', () => {
    const failed = vi.fn()
    const connect = (client: GraphQLSubscriptionClient) => {
      client.ws.on('error', failed)
      client.connect()
    }
    const { world } = setup({ children: <Early act={connect} /> })
    expect([world.dials, world.socket.url]).toEqual([1, ENDPOINT])
    expect(failed).not.toHaveBeenCalled()
  })

  it('[G34 GraphQLProvider] a child’s disconnect() in its first effect stands, until connect()', () => {
    const clients: GraphQLSubscriptionClient[] = []
    const disconnect = (client: GraphQLSubscriptionClient) => {
      clients.push(client)
      client.disconnect()
    }
    const { world } = setup({ children: <Early act={disconnect} /> })
    advanceTimers(40)
    expect(world.dials).toBe(0)
    act(() => void clients[0]?.connect())
    expect(world.dials).toBe(1)
  })

  it('[G34 GraphQLProvider] the user’s own disconnect() stands while the endpoint goes and comes back', async () => {
    const clients: GraphQLSubscriptionClient[] = []
    const { world, rerender } = setup({ children: <Early act={(client) => void clients.push(client)} /> })
    await act(() => greet(world))
    act(() => clients[0]?.disconnect())
    for (const endpoint of [null, ENDPOINT]) {
      rerender({ endpoint })
      advanceTimers(40)
    }
    expect(world.dials).toBe(1)
    act(() => void clients[0]?.connect())
    for (const endpoint of [null, ENDPOINT]) {
      rerender({ endpoint })
      advanceTimers(40)
      await act(() => world.advanceAsync(0))
    }
    expect(world.dials).toBe(3)
  })

  it('[G34 GraphQLProvider] a client that is handed over is never connected, closed or changed', async () => {
    const world = createWorld()
    const client = new GraphQLSubscriptionClient(ENDPOINT, surroundings(world))
    const { Reader, last } = reader()
    const tree = (
      <GraphQLProvider client={client}>
        <Reader />
      </GraphQLProvider>
    )
    const view = render(tree)
    advanceTimers(40)
    expect([world.dials, last().state]).toEqual([0, 'CLOSED'])
    client.connect()
    await act(() => greet(world))
    advanceTimers(40)
    expect(last().state).toBe('OPEN')
    client.disconnect()
    await act(() => world.advanceAsync(0))
    view.rerender(tree)
    advanceTimers(40)
    expect(world.dials).toBe(1)
    client.connect()
    await act(() => greet(world))
    view.unmount()
    advanceTimers(40)
    expect(client.ws.state).toBe('OPEN')
    // @ts-expect-error a client together with an endpoint
    void (<GraphQLProvider client={client} endpoint={ENDPOINT} />)
    // @ts-expect-error neither of them
    void (<GraphQLProvider />)
  })
})

describe('server rendering', () => {
  it('[G35 server] connects nowhere, and says CLOSED', () => {
    const world = createWorld()
    const { Reader, last } = reader()
    renderToString(
      <GraphQLProvider endpoint={ENDPOINT} {...surroundings(world)}>
        <Reader />
      </GraphQLProvider>,
    )
    expect(world.dials).toBe(0)
    expect(last()).toEqual({ data: undefined, error: null, complete: false, state: 'CLOSED' })
  })

  it('[G35 server] hydrates without a mismatch, even over a client that is already open', async () => {
    const { world, client } = await acknowledged()
    function Badge() {
      return <b>{useSubscription(QUERY, { client }).state}</b>
    }
    const container = document.createElement('div')
    container.innerHTML = renderToString(<Badge />)
    expect(container.textContent).toBe('CLOSED')
    render(<Badge />, { container, hydrate: true })
    advanceTimers(40)
    expect(container.textContent).toBe('OPEN')
    expect(types(sent(world.socket))).toEqual(['subscribe'])
  })
})
