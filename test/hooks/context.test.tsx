/** Sets of hooks apart from the default one: createWebSocketContext. R30, R35. */

import { render, renderHook } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import * as main from '../../hooks/index.ts'
import { createWebSocketContext, json, type OwnConnectionProps, useMessage, useWebSocket } from '../../hooks/index.ts'
import { ownNames } from '../support/export-names.ts'
import { createWorld, type World } from '../support/index.ts'
import { clientIn, InWorld, settle, setupHookTests, silenceConsoleErrors } from '../support/react-scene.tsx'

setupHookTests()

interface Tick {
  readonly symbol: string
  readonly price: number
}
type Order = { readonly buy: string }

const Prices = createWebSocketContext<Tick, Order>({ codec: json(), topic: ({ symbol }) => symbol })

const within = (world: World) => world.options({ jitter: 0 }) as OwnConnectionProps<Tick, Order>

it('[R30] is a provider and every hook, of the same names as the default ones', () => {
  const hooks = ownNames.filter((name) => name.startsWith('use') && !/^use(WebSocketConnection|Request)$/.test(name))
  expect(Object.keys(Prices).sort()).toEqual(['Provider', ...hooks])
  for (const name of Object.keys(Prices)) if (name !== 'Provider') expect(main).toHaveProperty(name)
})

it('[R30][R35] its hooks read its own provider, decoded by its codec', () => {
  const world = createWorld()
  const heard = vi.fn()
  const { result } = renderHook(
    () => {
      Prices.useMessage(({ price }) => heard('message', price))
      Prices.useTopic('a', ({ price }) => heard('topic', price))
      Prices.useWebSocketEvent('open', () => heard('open'))
      const { state, lastMessage } = Prices.useWebSocket({ onMessage: ({ price }) => heard('onMessage', price) })
      return {
        state,
        price: lastMessage?.price,
        last: Prices.useLastMessage(({ price }) => price > 1)?.price,
        frame: Prices.useLastMessageEvent(({ price }) => price > 1)?.data,
        list: Prices.useMessages({ limit: 1 }).map(({ data }) => data.price),
        sum: Prices.useMessageReducer((before, { price }) => before + price, 0),
        circuit: Prices.useCircuitState().circuitState,
        received: Prices.useConnectionStats({ selector: ({ connections }) => connections }),
        countdown: Prices.useRetryCountdown(),
        send: Prices.useSend(),
      }
    },
    { wrapper: ({ children }) => <Prices.Provider {...within(world)}>{children}</Prices.Provider> },
  )
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('{"symbol":"a","price":2}'))
  settle(() => world.socket.receive('{"symbol":"b","price":1}'))
  expect(heard.mock.calls).toEqual([
    ['open'],
    ['message', 2],
    ['topic', 2],
    ['onMessage', 2],
    ['message', 1],
    ['onMessage', 1],
  ])
  expect(result.current).toMatchObject({ state: 'OPEN', price: 1, last: 2, list: [1], sum: 3, circuit: 'CLOSED' })
  expect(result.current).toMatchObject({ frame: '{"symbol":"a","price":2}', received: 1, countdown: null })
  expect(result.current.send({ buy: 'a' })).toBe('sent')
  expect(world.socket.sent).toEqual(['{"buy":"a"}'])
})

it('[R30] two sets do not see each other, nor the default one', () => {
  const worlds = [createWorld(), createWorld(), createWorld()] as const
  const Other = createWebSocketContext()
  const { result } = renderHook(
    () => [useWebSocket().lastMessage, Prices.useWebSocket().lastMessage, Other.useWebSocket().lastMessage],
    {
      wrapper: ({ children }) => (
        <InWorld world={worlds[0]}>
          <Prices.Provider {...within(worlds[1])}>
            <Other.Provider {...(worlds[2].options() as OwnConnectionProps)}>{children}</Other.Provider>
          </Prices.Provider>
        </InWorld>
      ),
    },
  )
  for (const world of worlds) settle(() => world.socket.accept())
  for (const [i, world] of worlds.entries()) settle(() => world.socket.receive(`{"n":${i}}`))
  expect(result.current).toEqual(['{"n":0}', { n: 1 }, '{"n":2}'])
})

it('[R30] without its provider, its hooks throw: the default provider is not theirs', () => {
  silenceConsoleErrors()
  expect(() =>
    renderHook(() => Prices.useWebSocket(), {
      wrapper: ({ children }) => <InWorld world={createWorld()}>{children}</InWorld>,
    }),
  ).toThrow(/found no provider/)
  silenceConsoleErrors()
})

it('[R30][R35] its provider lends a client, read by the codec of the set; the default hooks read it raw', () => {
  const world = createWorld()
  const client = clientIn(world)
  client.connect()
  const heard = vi.fn()
  renderHook(
    () => {
      Prices.useMessage((data) => heard(data))
      useMessage((data) => heard(data), { client })
    },
    { wrapper: ({ children }) => <Prices.Provider client={client}>{children}</Prices.Provider> },
  )
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('{"price":1}'))
  expect(heard.mock.calls).toEqual([[{ price: 1 }], ['{"price":1}']])
})

it('[R35] a provider’s own codec and topic come before those of the set', () => {
  const world = createWorld()
  const heard = vi.fn()
  const codec = { decode: (text: string) => ({ symbol: text, price: 0 }), encode: ({ buy }: Order) => buy }
  const { result } = renderHook(
    () => {
      Prices.useTopic('z', ({ symbol }) => heard(symbol))
      return Prices.useSend()
    },
    {
      wrapper: ({ children }) => (
        <Prices.Provider {...within(world)} codec={codec} topic={() => 'z'}>
          {children}
        </Prices.Provider>
      ),
    },
  )
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('a'))
  result.current({ buy: 'b' })
  expect(heard.mock.calls).toEqual([['a']])
  expect(world.socket.sent).toEqual(['b'])
})

it('[R35] a schema gives the types, and checks them', () => {
  const world = createWorld()
  const Checked = createWebSocketContext({ codec: json(z.object({ price: z.number() })) })
  const onError = vi.fn()
  const { result } = renderHook(
    () => {
      Checked.useWebSocketEvent('error', ({ code }) => onError(code))
      return Checked.useLastMessage()?.price.toFixed(1)
    },
    {
      wrapper: ({ children }) => (
        <Checked.Provider {...(world.options() as OwnConnectionProps)}>{children}</Checked.Provider>
      ),
    },
  )
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('{"price":2}'))
  settle(() => world.socket.receive('{"price":"2"}'))
  expect(result.current).toBe('2.0')
  expect(onError.mock.calls).toEqual([['INVALID_MESSAGE']])
  vi.mocked(console.warn).mockClear()
})

it('has names that developer tools can show', () => {
  expect(main.WebSocketProvider.displayName).toBe('WebSocketProvider')
  expect(Prices.Provider.displayName).toBe('WebSocketContext.Provider')
  const { container } = render(<Prices.Provider url={null}>child</Prices.Provider>)
  expect(container.textContent).toBe('child')
})
