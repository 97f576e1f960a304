/** What must not compile, and what must be inferred. `tsc` is the judge: nothing here is ever rendered. R30, R35. */

import { type } from 'arktype'
import * as v from 'valibot'
import { expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  type Codec,
  createWebSocketContext,
  interactive,
  json,
  raw,
  type TypedClient,
  useConnectionStats,
  useLastMessage,
  useLastMessageEvent,
  useMessage,
  useMessageReducer,
  useMessages,
  useSend,
  useTopic,
  useWebSocket,
  useWebSocketConnection,
  useWebSocketEvent,
  type WebSocketData,
  type WebSocketHandlers,
  WebSocketProvider,
  type WebSocketReconnect,
  type WebSocketReconnectError,
} from '../../hooks/index.ts'

interface Tick {
  readonly symbol: string
  readonly price: number
}
interface Order {
  readonly buy: string
}
interface Alarm extends Tick {
  readonly alarm: true
}

const tick = z.object({ symbol: z.string(), price: z.number() })
const Prices = createWebSocketContext<Tick, Order>({ codec: json(), topic: ({ symbol }) => symbol })
declare const client: WebSocketReconnect

/** Each function is checked and none is called. */
const wrong = {
  useOutgoing() {
    const { send } = Prices.useWebSocket()
    send({ buy: 'a' })
    // @ts-expect-error: not an Order
    send({ sell: 'a' })
    // @ts-expect-error: an Order is no text
    send('buy')
    // @ts-expect-error: useSend takes what useWebSocket takes
    Prices.useSend()(1)
    // @ts-expect-error: without a codec only what a WebSocket carries can be sent
    useWebSocket().send({ buy: 'a' })
    // @ts-expect-error: the same for useSend
    useSend()({ buy: 'a' })
    useWebSocket<Tick, Order>().send({ buy: 'a' })
    useSend<Order>()({ buy: 'a' })
  },

  useHandlers() {
    // @ts-expect-error: a Tick is no text
    Prices.useMessage((text: string) => text)
    // @ts-expect-error: a Tick has no volume
    Prices.useMessage(({ volume }) => volume)
    // @ts-expect-error: the handler of a topic gets a Tick too
    Prices.useTopic('a', (tick: Order) => tick)
    // @ts-expect-error: a topic has a name
    useTopic((tick: Tick) => tick)
    // @ts-expect-error: onMessage gets a Tick
    Prices.useWebSocket({ onMessage: (order: Order) => order })
    // @ts-expect-error: onClose gets a CloseInfo
    useWebSocket({ onClose: (code: number) => code })
    // @ts-expect-error: no such handler
    useWebSocket({ onMesage: () => {} })
    // @ts-expect-error: `retry` comes with { attempt, delay, maxRetries }
    useWebSocketEvent('retry', (attempt: number) => attempt)
    // @ts-expect-error: no such event
    useWebSocketEvent('reconnect', () => {})
    // @ts-expect-error: no handler
    useMessage()
    // @ts-expect-error: a filter answers true or false
    Prices.useLastMessage(({ symbol }) => symbol)
    // @ts-expect-error: the filter gets a Tick
    Prices.useMessages({ filter: (order: Order) => order.buy === 'a' })
    // @ts-expect-error: no such option
    useMessages({ limits: 3 })
    // @ts-expect-error: the reducer returns the state
    Prices.useMessageReducer((sum: number, { symbol }) => symbol, 0)
    // @ts-expect-error: the reducer gets a Tick
    Prices.useMessageReducer((sum: number, order: Order) => sum + order.buy.length, 0)
  },

  useCodecs() {
    // @ts-expect-error: the schema says something else than Tick
    createWebSocketContext<Tick, Order>({ codec: json(z.object({ symbol: z.number() })) })
    // @ts-expect-error: so does this one, of valibot
    createWebSocketContext<Tick>({ codec: json(v.object({ symbol: v.string() })) })
    // @ts-expect-error: and this one, of arktype
    createWebSocketContext<Tick>({ codec: json(type({ price: 'string' })) })
    // @ts-expect-error: no schema
    json({ type: 'object' })
    // @ts-expect-error: a codec has two directions
    createWebSocketContext({ codec: { decode: JSON.parse } })
    // @ts-expect-error: what is encoded must be something a WebSocket carries
    const numbers: Codec<number, number> = { decode: Number, encode: (n: number) => n }
    // @ts-expect-error: the codec of a typed provider is typed
    const other = <Prices.Provider url="wss://a.test" codec={json(z.number())} />
    // @ts-expect-error: a topic is a name
    const topics = <WebSocketProvider url="wss://a.test" topic={() => 1} />
    return [numbers, other, topics]
  },

  useClients() {
    // @ts-expect-error: a client comes with its own url
    const both = <WebSocketProvider client={client} url="wss://a.test" />
    // @ts-expect-error: in a typed set too
    const typed = <Prices.Provider client={client} url="wss://a.test" />
    // @ts-expect-error: nor is a client given a codec
    const codec = <WebSocketProvider client={client} codec={json()} />
    // @ts-expect-error: nor a topic
    const topic = <WebSocketProvider client={client} topic={() => 'a'} />
    // @ts-expect-error: nor options
    const options = <Prices.Provider client={client} linger={5} />
    // @ts-expect-error: one of the two is needed
    const neither = <Prices.Provider />
    // @ts-expect-error: a connection of one's own has a url, be it null
    useWebSocketConnection()
    // @ts-expect-error: and only one
    useWebSocketConnection('wss://a.test', { url: 'wss://b.test' })
    // @ts-expect-error: and makes its client itself
    useWebSocketConnection('wss://a.test', { client })
    return [both, typed, codec, topic, options, neither]
  },

  /** Where nobody has said what messages are, they are unknown, not anything one likes. */
  useTheUnknown() {
    // @ts-expect-error: nothing is known of a message
    useMessage((data) => data.whatever)
    // @ts-expect-error: the same in a handler
    useWebSocket({ onMessage: (data) => data.whatever })
    // @ts-expect-error: of the last one
    void useWebSocket().lastMessage.whatever
    // @ts-expect-error: of the last one alone
    void useLastMessage().whatever
    // @ts-expect-error: to a filter
    useLastMessage((data) => data.whatever)
    // @ts-expect-error: to the filter of events
    useLastMessageEvent((data) => data.whatever)
    // @ts-expect-error: in a list
    void useMessages()[0].data.whatever
    // @ts-expect-error: to the filter of a list
    useMessages({ filter: (data) => data.whatever })
    // @ts-expect-error: to a reducer
    useMessageReducer((sum: number, data) => sum + data.whatever, 0)
    // @ts-expect-error: under a topic
    useTopic('a', (data) => data.whatever)
    // @ts-expect-error: to a topic
    const topic = <WebSocketProvider url="wss://a.test" topic={(data) => data.whatever} />
    // @ts-expect-error: nor does json() without a schema know
    const plain = <WebSocketProvider url="wss://a.test" codec={json()} topic={(data) => data.whatever} />
    const handlers: WebSocketHandlers = {
      // @ts-expect-error: in handlers that are kept apart
      onMessage: (data) => data.whatever,
    }
    const Anything = createWebSocketContext()
    // @ts-expect-error: in a set without a codec
    Anything.useMessage((data) => data.whatever)
    const Json = createWebSocketContext({ codec: json() })
    // @ts-expect-error: in a set with json()
    Json.useMessage((data) => data.whatever)
    // @ts-expect-error: nothing is known of what json() has read
    void json().decode('{}').whatever
    // @ts-expect-error: nor of a client without a codec
    useMessage((data) => data.whatever, { client: useWebSocketConnection('wss://a.test') })
    return [topic, plain, handlers]
  },

  /** A map of topics types each of them. */
  useTopicMap() {
    interface Topics {
      readonly status: { readonly isOpen: boolean }
      readonly [symbol: `price:${string}`]: Tick
    }
    const Feed = createWebSocketContext<
      Tick | Topics['status'],
      Order | { readonly follow: readonly string[] },
      Topics
    >({
      codec: json(),
      topic: (message) => ('symbol' in message ? `price:${message.symbol}` : 'status'),
      subscribe: (topics) => ({ follow: topics }),
    })
    Feed.useTopic('status', ({ isOpen }) => expectTypeOf(isOpen).toEqualTypeOf<boolean>())
    Feed.useTopic('price:abc', ({ price }) => expectTypeOf(price).toEqualTypeOf<number>())
    expectTypeOf(Feed.useLastMessage({ topic: 'price:abc' })).toEqualTypeOf<Tick | null>()
    expectTypeOf(Feed.useMessages({ topic: 'status' })[0]?.data).toEqualTypeOf<
      { readonly isOpen: boolean } | undefined
    >()
    // @ts-expect-error: no such topic
    Feed.useTopic('weather', () => {})
    // @ts-expect-error: a price has no isOpen
    Feed.useTopic('price:abc', ({ isOpen }) => isOpen)
    // @ts-expect-error: no such topic either
    Feed.useLastMessage({ topic: 'weather' })
    // @ts-expect-error: what is said of topics must be something that goes out
    createWebSocketContext<Tick, Order>({ codec: json(), subscribe: (topics) => ({ follow: topics }) })
    // @ts-expect-error: so it is for a provider
    return <Prices.Provider url="wss://a.test" subscribe={(topics) => ({ follow: topics })} />
  },

  /** A schema types both directions. */
  useBothDirections() {
    const codec = json(z.object({ symbol: z.string(), price: z.number() }))
    const Ticks = createWebSocketContext({ codec, topic: ({ symbol }) => symbol })
    Ticks.useSend()({ symbol: 'a', price: 1 })
    // @ts-expect-error: not what the schema says
    Ticks.useSend()({ anything: 1 })
    // @ts-expect-error: the same
    Ticks.useWebSocket().send({ anything: 1 })
    // @ts-expect-error: JSON carries no bytes
    Ticks.useSend()(new Uint8Array(1))
    // @ts-expect-error: nor is there such a field to read
    Ticks.useMessage(({ anything }) => anything)
    // @ts-expect-error: the encoder knows as much
    codec.encode({ anything: 1 })
    const valibot = json(v.object({ symbol: v.string() }))
    // @ts-expect-error: valibot's as well
    valibot.encode({ anything: 1 })
    const arktype = json(type({ symbol: 'string' }))
    // @ts-expect-error: and arktype's
    arktype.encode({ anything: 1 })
    const dates = json(z.object({ at: z.string().transform((text) => new Date(text)) }))
    dates.encode({ at: '2026-01-01' })
    // @ts-expect-error: what goes out is what the other side's schema takes in
    dates.encode({ at: new Date() })

    const own = useWebSocketConnection('wss://a.test', { codec, topic: ({ symbol }) => symbol })
    const { send } = useWebSocket({ client: own })
    send({ symbol: 'a', price: 1 })
    // @ts-expect-error: a client's codec types what it sends
    send({ anything: 1 })
    // @ts-expect-error: in useSend too
    useSend({ client: own })({ anything: 1 })
    // @ts-expect-error: and what is read of it
    useMessage(({ anything }) => anything, { client: own })
    // @ts-expect-error: which is no text
    useMessages<string>({ client: own })
    // @ts-expect-error: its topics get what the codec reads
    useWebSocketConnection('wss://a.test', { codec, topic: ({ anything }) => anything })
    // @ts-expect-error: so do a provider's
    return <WebSocketProvider url="wss://a.test" codec={codec} topic={({ anything }) => anything} />
  },
}

const right = {
  useInference() {
    const isAlarm = (tick: Tick): tick is Alarm => 'alarm' in tick
    expectTypeOf(Prices.useLastMessage()).toEqualTypeOf<Tick | null>()
    expectTypeOf(Prices.useLastMessage(isAlarm)).toEqualTypeOf<Alarm | null>()
    expectTypeOf(Prices.useMessages()[0]?.data).toEqualTypeOf<Tick | undefined>()
    expectTypeOf(Prices.useWebSocket().lastMessage).toEqualTypeOf<Tick | null>()
    expectTypeOf(Prices.useMessageReducer((sum, { price }) => sum + price, 0)).toEqualTypeOf<number>()
    expectTypeOf(Prices.useConnectionStats({ selector: ({ latency }) => latency })).toEqualTypeOf<number | null>()
    expectTypeOf(useConnectionStats().connections).toEqualTypeOf<number>()
    Prices.useWebSocketEvent('error', (error) => expectTypeOf(error).toEqualTypeOf<WebSocketReconnectError>())

    expectTypeOf(useLastMessage(isAlarm)).toEqualTypeOf<Alarm | null>()
    expectTypeOf(useLastMessage<Tick>()).toEqualTypeOf<Tick | null>()
    expectTypeOf(useMessages<Tick>()[0]?.data).toEqualTypeOf<Tick | undefined>()
    expectTypeOf(useMessageReducer((sum: number, tick: Tick) => sum + tick.price, 0)).toEqualTypeOf<number>()
    expectTypeOf(useMessageReducer((sum: number) => sum + 1, 0)).toEqualTypeOf<number>()

    expectTypeOf(Prices.useLastMessageEvent(({ price }) => price > 1)).toEqualTypeOf<MessageEvent | null>()
    expectTypeOf(useWebSocket().lastMessageEvent).toEqualTypeOf<MessageEvent | null>()
    expectTypeOf(useWebSocketConnection(null)).toExtend<WebSocketReconnect>()
    expectTypeOf(useWebSocketConnection(null)).toExtend<TypedClient<unknown, WebSocketData>>()
  },

  usePreset() {
    useWebSocketConnection('wss://a.test', interactive)
    useWebSocketConnection('wss://a.test', { ...interactive, maxDelay: 3000, circuitBreaker: false })
    // @ts-expect-error: a preset is everybody's, and stays as it is
    interactive.maxDelay = 3000
    // @ts-expect-error: its breaker too
    interactive.circuitBreaker.resetTimeout = 3000
    return [
      <WebSocketProvider key="own" {...interactive} url="wss://a.test" />,
      <Prices.Provider key="typed" {...interactive} url="wss://a.test" jitter={0.5} />,
      // @ts-expect-error: a client of one's own has its options already
      <WebSocketProvider key="lent" {...interactive} client={client} />,
    ]
  },

  useSchemas() {
    const Zod = createWebSocketContext({ codec: json(z.object({ symbol: z.string(), price: z.number() })) })
    expectTypeOf(Zod.useLastMessage()).toEqualTypeOf<{ symbol: string; price: number } | null>()
    const Valibot = createWebSocketContext({ codec: json(v.object({ symbol: v.string() })) })
    expectTypeOf(Valibot.useLastMessage()).toEqualTypeOf<{ symbol: string } | null>()
    const Arktype = createWebSocketContext({ codec: json(type({ symbol: 'string' })) })
    expectTypeOf(Arktype.useLastMessage()).toEqualTypeOf<{ symbol: string } | null>()
    const dates = json(z.object({ at: z.string().transform((text) => new Date(text)) }))
    expectTypeOf(dates.decode).returns.toEqualTypeOf<{ at: Date }>()
    expectTypeOf(Zod.useSend()).parameter(0).toEqualTypeOf<{ symbol: string; price: number }>()
    type Read = z.infer<typeof tick>
    expectTypeOf(json<typeof tick, Order>(tick)).toEqualTypeOf<Codec<Read, Order>>()

    const own = useWebSocketConnection(null, { codec: json(tick), topic: ({ symbol }) => symbol })
    const { lastMessage, send } = useWebSocket({
      client: own,
      onMessage: (data) => expectTypeOf(data).toEqualTypeOf<Read>(),
    })
    expectTypeOf(lastMessage).toEqualTypeOf<Read | null>()
    expectTypeOf(send).parameter(0).toEqualTypeOf<Read>()
    expectTypeOf(useSend({ client: own }))
      .parameter(0)
      .toEqualTypeOf<Read>()
    expectTypeOf(useLastMessage(null, { client: own })).toEqualTypeOf<Read | null>()
    expectTypeOf(useMessages({ client: own })[0]?.data).toEqualTypeOf<Read | undefined>()
    useMessage(({ price }) => expectTypeOf(price).toEqualTypeOf<number>(), { client: own })
    useTopic('a', ({ price }) => expectTypeOf(price).toEqualTypeOf<number>(), { client: own })
    // Of these nothing is known, so that what the reader says counts.
    useMessages<string>({ client: useWebSocketConnection(null) })
    useMessages<string>({ client })
    useMessage((text: string) => text, { client })

    const Raw = createWebSocketContext({ codec: raw })
    expectTypeOf(Raw.useLastMessage()).toEqualTypeOf<unknown>()
    expectTypeOf(Raw.useSend()).parameter(0).toEqualTypeOf<WebSocketData>()
    expectTypeOf(createWebSocketContext().useSend()).parameter(0).toEqualTypeOf<WebSocketData>()
    return createWebSocketContext<Tick, Order>({
      codec: json(z.object({ symbol: z.string(), price: z.number() })),
      topic: (tick) => tick.symbol,
    })
  },
}

it('[R30][R35][R38] the types hold, or this file does not compile', () => {
  expect(Object.keys({ ...wrong, ...right })).toHaveLength(10)
})
