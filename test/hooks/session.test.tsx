/** A session in React: who has one, what is asked, sent and followed, in jsdom and virtual time. R30–R36. */

import { act, render } from '@testing-library/react'
import { type ReactNode, StrictMode, useEffect } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import * as door from '../../hooks/session.ts'
import {
  type OutboxView,
  type Request,
  type SessionOption,
  SessionProvider,
  type SessionRequestOptions,
  type StreamOptions,
  useDelivery,
  useOutbox,
  useRequest,
  useSession,
  useStream,
} from '../../hooks/session.ts'
import { Refusal } from '../../src/server/index.ts'
import { type Delivery, Session } from '../../src/session/index.ts'
import { advanceTimers, setupHookTests, silenceConsoleErrors } from '../support/react-scene.tsx'
import { createScene, URL, welcomed } from './session-scene.tsx'

setupHookTests()

it('the door has a provider and its hooks, and no default', () => {
  expect(Object.keys(door).sort()).toEqual([
    'SessionProvider',
    'useDelivery',
    'useOutbox',
    'useRequest',
    'useSession',
    'useStream',
  ])
})

/** Shows nothing, and remembers what it was lent. */
function seer() {
  const seen: Session[] = []
  function Seer() {
    const session = useSession()
    useEffect(() => void seen.push(session), [session])
    return null
  }
  return { Seer, seen, last: () => seen.at(-1) as Session }
}

describe('SessionProvider', () => {
  it('[R32] connects while it is mounted, and closes a task after it has gone', async () => {
    const { world, props, run } = createScene()
    const { Seer, last } = seer()
    const { unmount } = render(
      <SessionProvider {...props}>
        <Seer />
      </SessionProvider>,
    )
    await run()
    expect([last().ws.state, world.sockets.length, last().ws.protocol]).toEqual(['OPEN', 1, 'rwr.1'])
    unmount()
    expect(last().ws.state).toBe('OPEN')
    await run()
    expect([last().ws.state, world.liveSockets.length]).toEqual(['CLOSED', 0])
  })

  it('[R32] has one socket and one session under StrictMode', async () => {
    const { world, props, run } = createScene()
    const { Seer, seen } = seer()
    render(
      <StrictMode>
        <SessionProvider {...props}>
          <Seer />
        </SessionProvider>
      </StrictMode>,
    )
    await run()
    expect([world.sockets.length, new Set(seen).size]).toEqual([1, 1])
  })

  it('[R32] lingers, and closes while it is not enabled', async () => {
    const { props, run } = createScene()
    const { Seer, last } = seer()
    const page = (more: object) => (
      <SessionProvider {...props} linger={1000} {...more}>
        <Seer />
      </SessionProvider>
    )
    const { rerender, unmount } = render(page({}))
    await run()
    rerender(page({ enabled: false }))
    await run()
    expect(last().ws.state).toBe('CLOSED')
    rerender(page({ enabled: true }))
    await run()
    expect(last().ws.state).toBe('OPEN')
    unmount()
    await run(999)
    expect(last().ws.state).toBe('OPEN')
    await run(10)
    expect(last().ws.state).toBe('CLOSED')
  })

  it('[R30] neither connects nor closes a session that it is given', async () => {
    const { tab, run, world } = createScene()
    const session = tab()
    const { Seer, last } = seer()
    const { unmount } = render(
      <SessionProvider session={session}>
        <Seer />
      </SessionProvider>,
    )
    await run()
    expect([last(), world.sockets.length]).toEqual([session, 0])
    session.connect()
    await run()
    unmount()
    await run()
    expect(session.ws.state).toBe('OPEN')
  })

  it('[R33] keeps session and outbox for another url, and follows the engine’s options', async () => {
    const { world, props, run } = createScene()
    const { Seer, seen, last } = seer()
    const page = (more: object) => (
      <SessionProvider {...props} {...more}>
        <Seer />
      </SessionProvider>
    )
    const { rerender } = render(page({}))
    await run()
    // Written inline, as everybody does: the same outbox, whatever else is said of it.
    const outbox = { ...(props.outbox as object), maxMessages: 5 }
    rerender(page({ url: `${URL}2`, maxRetries: 3, outbox, window: 2, codec: undefined, framing: undefined }))
    await run()
    expect([seen.length, world.socket.url, last().ws.options.maxRetries, last().ws.state]).toEqual([
      ...[1, `${URL}2`, 3],
      'OPEN',
    ])
  })

  it('begins anew for another outbox name: nothing is ever sent as somebody else', async () => {
    const { propsOf, run, done } = createScene()
    const { Seer, seen } = seer()
    const page = (name: string) => (
      <SessionProvider {...propsOf(name)}>
        <Seer />
      </SessionProvider>
    )
    const { rerender } = render(page('ann'))
    await run()
    rerender(page('bob'))
    await run()
    const [ann, bob] = seen as [Session, Session]
    expect([seen.length, ann.ws.state, bob.ws.state]).toEqual([2, 'CLOSED', 'OPEN'])
    act(() => void ann.send('late'))
    await run()
    expect([done, ann.outbox.size, bob.outbox.size]).toEqual([[], 1, 0])
  })

  it('is closed without a url, and its requests and messages wait', async () => {
    const { props, run, world, done } = createScene()
    const { Seer, last } = seer()
    const page = (url: string | null) => (
      <SessionProvider {...props} url={url}>
        <Seer />
      </SessionProvider>
    )
    const { rerender } = render(page(null))
    await run()
    expect([last().ws.state, world.sockets.length]).toEqual(['CLOSED', 0])
    act(() => void last().send('early'))
    rerender(page(URL))
    await run()
    expect([last().ws.state, done]).toEqual(['OPEN', ['early']])
  })

  it('[R34] connects nowhere on a server, and keeps nothing open there', () => {
    const { props, world } = createScene()
    const opened = vi.fn()
    vi.stubGlobal('BroadcastChannel', opened)
    const App = () => {
      const { size } = useOutbox()
      const { status } = useStream('news')
      const { isPending } = useRequest()
      return <>{[size, status, String(isPending), useSession().ws.getServerSnapshot().status].join()}</>
    }
    const html = renderToString(
      <SessionProvider {...props} outbox={{ name: 'ann' }}>
        <App />
      </SessionProvider>,
    )
    expect([html, world.sockets.length, world.timers, opened.mock.calls.length]).toEqual([
      ...['0,catching-up,false,connecting', 0, 0],
      0,
    ])
  })

  it('[R36] a hook without one says what to wrap', () => {
    silenceConsoleErrors()
    const { Seer } = seer()
    expect(() => render(<Seer />)).toThrow('wrap this component in <SessionProvider>')
    silenceConsoleErrors()
  })
})

/** A component that shows what the hook says, and remembers every render. */
function asker() {
  const renders: Request<any, any>[] = []
  function Asker(options: SessionRequestOptions) {
    renders.push(useRequest<any, any>(options))
    return null
  }
  return { Asker, renders, last: () => renders.at(-1) as Request<any, any> }
}

describe('useRequest', () => {
  it('asks, and shows that it waits and what the answer was', async () => {
    const { session, run } = await welcomed({ onRequest: ({ data }) => `${data}!` })
    const { Asker, renders, last } = asker()
    render(<Asker session={session} />)
    expect(last()).toMatchObject({ data: undefined, error: undefined, isPending: false })
    let answer: unknown
    act(
      () =>
        void last()
          .ask('hi')
          .then((value) => (answer = value)),
    )
    expect(last().isPending).toBe(true)
    await run()
    expect([answer, last().data, last().isPending]).toEqual(['hi!', 'hi!', false])
    expect(renders.length).toBe(3)
    expect(new Set(renders.map(({ ask }) => ask)).size).toBe(1)
    act(() => last().reset())
    expect(last()).toMatchObject({ data: undefined, error: undefined, isPending: false })
  })

  it('shows the error, and asks with the latest render’s options', async () => {
    const { session, run } = await welcomed({
      onRequest: ({ data }) => {
        if (data === 'no') throw new Refusal('never')
        return new Promise(() => {})
      },
    })
    const { Asker, last } = asker()
    const { rerender } = render(<Asker session={session} />)
    act(() => void last().ask('no'))
    await run()
    expect([last().error, last().isPending]).toMatchObject([{ code: 'REFUSED', sent: true }, false])
    rerender(<Asker session={session} timeout={50} />)
    act(() => void last().ask('hangs'))
    expect([last().error, last().isPending]).toEqual([undefined, true])
    await run(200)
    expect(last().error).toMatchObject({ code: 'TIMEOUT', sent: true })
  })

  it('the newest question wins: the one before is aborted, once', async () => {
    const { session, run, heard } = await welcomed({ onRequest: ({ data }) => data })
    const { Asker, last } = asker()
    render(<Asker session={session} />)
    let first: any
    act(() => {
      last()
        .ask('a')
        .catch((error) => (first = error))
      void last().ask('b')
    })
    await run()
    expect([last().data, first.code]).toEqual(['b', 'ABORTED'])
    expect(heard().map((frame) => [frame.d, frame.x])).toEqual([
      ['a', undefined],
      ['b', undefined],
      [undefined, 1],
    ])
  })

  it('[R32] a component that goes aborts what waits; under StrictMode nothing is aborted that is wanted', async () => {
    const { session, run, heard } = await welcomed({ onRequest: () => new Promise(() => {}) })
    const { Asker, last } = asker()
    const { unmount } = render(
      <StrictMode>
        <Asker session={session} />
      </StrictMode>,
    )
    act(() => void last().ask('a'))
    await run()
    expect(heard()).toHaveLength(1)
    unmount()
    await run()
    expect(heard().map(({ x }) => x)).toEqual([1])
  })

  it('an answer after `reset` is nobody’s', async () => {
    const { session, run } = await welcomed({ onRequest: ({ data }) => data })
    const { Asker, last } = asker()
    render(<Asker session={session} />)
    act(() => void last().ask('a'))
    act(() => last().reset())
    await run()
    expect(last()).toMatchObject({ data: undefined, error: undefined, isPending: false })
  })
})

/** A component that reads these fields of the outbox, and remembers every render. */
function outboxReader(...fields: (keyof OutboxView)[]) {
  const renders: unknown[][] = []
  const views: OutboxView[] = []
  function Reader({ session }: SessionOption) {
    const outbox = useOutbox<any>(null, { session })
    views.push(outbox)
    renders.push(fields.map((field) => outbox[field]))
    return null
  }
  return { Reader, renders, view: () => views.at(-1) as OutboxView }
}

describe('useOutbox', () => {
  it('shows what waits, what was refused, and sends, retries and discards', async () => {
    let isStrict = true
    const { session, run, done } = await welcomed({
      onSend: ({ data }) => {
        if (data === 'bad' && isStrict) throw new Refusal('no')
        return { publish: [], write: () => void done.push(data) }
      },
    })
    const { Reader, renders, view } = outboxReader('size', 'entries', 'isDurable', 'bytes')
    render(<Reader session={session} />)
    expect(renders.at(-1)).toEqual([0, [], false, 0])
    const { send, retry, discard, clear } = view()
    act(() => void send('good'))
    act(() => void send('bad'))
    await run()
    expect(renders.at(-1)).toMatchObject([0, [{ data: 'bad', status: 'refused', why: 'no' }], false, 0])
    isStrict = false
    await act(() => retry(2))
    await run()
    expect([done, renders.at(-1)]).toEqual([
      ['good', 'bad'],
      [0, [], false, 0],
    ])
    session.close()
    await run()
    let id = 0
    act(() => void (id = send('never').n))
    act(() => void send('nor this'))
    expect(id).toBeLessThan(0)
    await run()
    expect(renders.at(-1)?.[0]).toBe(2)
    await act(() => discard(session.outbox.entries()[0]?.n as number))
    await act(() => clear())
    await run()
    expect(renders.at(-1)).toEqual([0, [], false, 0])
    expect([view().send, view().retry, view().discard, view().clear]).toEqual([send, retry, discard, clear])
  })

  it('[R31] renders for what is read: a message that changes its status is no news to who reads `size`', async () => {
    const { session, run } = await welcomed()
    const sizes = outboxReader('size')
    const all = outboxReader('size', 'entries')
    const none = outboxReader()
    render(
      <>
        <sizes.Reader session={session} />
        <all.Reader session={session} />
        <none.Reader session={session} />
      </>,
    )
    act(() => void none.view().send('a'))
    await run(200)
    expect(sizes.renders).toEqual([[0], [1], [0]])
    expect(all.renders.length).toBeGreaterThanOrEqual(sizes.renders.length)
    expect(none.renders.length).toBe(1)
  })

  it('[R31] a thousand messages are one render a frame at most', async () => {
    const { session, run, done, world } = await welcomed()
    const { Reader, renders, view } = outboxReader('entries')
    render(<Reader session={session} />)
    const before = world.clock.elapsed
    act(() => {
      for (let n = 0; n < 1000; n++) view().send(n)
    })
    let frames = 0
    while (done.length < 1000 || session.outbox.size) {
      await run(16)
      if (++frames > 2000) throw new Error('the outbox does not drain')
    }
    await run(40)
    // The first news of a task goes out at once.
    const limit = Math.ceil((world.clock.elapsed - before) / 16) + 3
    expect(renders.length).toBeLessThanOrEqual(limit)
    expect([renders.length > 2, renders.at(-1)]).toEqual([true, [[]]])
  })

  it('[R31] with `select`, renders when that is another value', async () => {
    const { session, run } = await welcomed({
      onSend: ({ data }) => {
        if (data === 'bad') throw new Refusal('no')
      },
    })
    const renders: unknown[] = []
    function Refused() {
      const refused = useOutbox(({ entries }) => entries.filter(({ status }) => status === 'refused'), { session })
      renders.push(refused.map(({ data }) => data))
      return null
    }
    const { rerender } = render(<Refused />)
    act(() => void session.send('good'))
    await run()
    expect(renders).toEqual([[]])
    act(() => void session.send('bad'))
    await run()
    expect(renders).toEqual([[], ['bad']])
    rerender(<Refused />)
    expect(renders.length).toBe(3)
  })
})

describe('useDelivery', () => {
  it('shows what becomes of a message', async () => {
    const { session, run } = await welcomed()
    const shown: unknown[] = []
    function Tick({ delivery }: { delivery: Delivery | null }) {
      shown.push(useDelivery(delivery, { session }))
      return null
    }
    const { rerender } = render(<Tick delivery={null} />)
    let delivery: Delivery | undefined
    act(() => void (delivery = session.send('a')))
    rerender(<Tick delivery={delivery as Delivery} />)
    for (let n = 0; n < 5; n++) await run(16)
    expect([shown[0], shown[1], shown.at(-1)]).toEqual([undefined, 'storing', 'acked'])
    expect(shown).toContain('sent')
    expect(new Set(shown).size).toBe(shown.length)
  })
})

function follower() {
  const heard: unknown[] = []
  const renders: string[] = []
  function Follower({ topic, ...options }: Partial<StreamOptions<any>> & { topic: string | null }) {
    const { status } = useStream<any>(topic, {
      onEvent: (data, { offset }) => heard.push([data, offset]),
      ...options,
    })
    renders.push(status)
    return null
  }
  return { Follower, heard, renders }
}

describe('useStream', () => {
  it('hears each event once and in order, across a connection that was cut', async () => {
    const { session, run, publish, cut } = await welcomed()
    const { Follower, heard, renders } = follower()
    render(<Follower topic="news" session={session} />)
    await run()
    await act(() => publish('news', 'one'))
    await run()
    cut()
    await act(() => publish('news', 'missed'))
    await run(3000)
    await act(() => publish('news', 'three'))
    await run()
    expect(heard).toEqual([
      ['one', 1],
      ['missed', 2],
      ['three', 3],
    ])
    expect(renders).toEqual(['catching-up', 'live', 'catching-up', 'live'])
  })

  it('[R32] follows once under StrictMode, and stops a task after the component has gone', async () => {
    const { session, run, heard: said } = await welcomed()
    const { Follower } = follower()
    const { unmount } = render(
      <StrictMode>
        <Follower topic="news" session={session} />
      </StrictMode>,
    )
    await run()
    expect(said()).toEqual([{ s: 'news' }])
    unmount()
    await run()
    expect(said()).toEqual([{ s: 'news', u: 1 }])
  })

  it('follows nothing for null, and another topic when it is given one', async () => {
    const { session, run, heard: said, publish } = await welcomed()
    const { Follower, heard, renders } = follower()
    const { rerender } = render(<Follower topic={null} session={session} />)
    await run()
    expect([said(), renders]).toEqual([[], ['idle']])
    rerender(<Follower topic="a" session={session} />)
    await run()
    rerender(<Follower topic="b" session={session} />)
    await run()
    expect(said().map(({ s, u }) => [s, u])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['a', 1],
    ])
    await act(() => publish('a', 'old'))
    await act(() => publish('b', 'new'))
    await run()
    expect(heard).toEqual([['new', 1]])
  })

  it('loads the state at first and after a reset, with the latest render’s handlers', async () => {
    const { session, run, publish, server } = await welcomed()
    await publish('news', 'before')
    const { Follower, heard, renders } = follower()
    const loads: string[] = []
    const load = (name: string) => async () => {
      loads.push(name)
      return { epoch: 'e1', offset: 1 }
    }
    const onReset = vi.fn()
    const { rerender } = render(<Follower topic="news" session={session} load={load('first')} onReset={onReset} />)
    await run()
    rerender(<Follower topic="news" session={session} load={load('second')} onReset={onReset} />)
    await act(() => publish('news', 'after'))
    await run()
    expect([loads, heard, onReset.mock.calls.length]).toEqual([['first'], [['after', 2]], 0])
    expect(renders.at(-1)).toBe('live')
    expect(server).toBeDefined()
  })

  it('[R36] calls no handler once its component has gone, though the stream ends a task later', async () => {
    const { session, run, publish } = await welcomed()
    const { Follower, heard } = follower()
    const { unmount } = render(<Follower topic="news" session={session} />)
    await run()
    unmount()
    await act(() => publish('news', 'late'))
    await run()
    expect(heard).toEqual([])
  })

  it('says why the server does not let it follow', async () => {
    const { session, run } = await welcomed({ canFollow: () => false })
    const onRefused = vi.fn()
    const { Follower } = follower()
    render(<Follower topic="secret" session={session} onRefused={onRefused} />)
    await run()
    expect(onRefused).toHaveBeenCalledTimes(1)
  })
})

it('all of them find the session of the provider', async () => {
  const { props, run } = createScene({ onRequest: ({ data }) => data })
  const shown: ReactNode[] = []
  function App() {
    const session = useSession<string, string>()
    const { ask, data } = useRequest<string, string>()
    const { size } = useOutbox()
    const { status } = useStream('news')
    useEffect(() => void ask('hi'), [ask])
    shown.push([session instanceof Session, data, size, status, useDelivery(null)].join())
    return null
  }
  render(
    <SessionProvider {...props}>
      <App />
    </SessionProvider>,
  )
  await run()
  advanceTimers(40)
  expect(shown.at(-1)).toBe('true,hi,0,live,')
})
