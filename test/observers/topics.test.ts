/** Topics by reader: the fan-out, and what the server is told. R39. */

import { describe, expect, it, vi } from 'vitest'
import { json } from '../../src/index.ts'
import type { MessageFormatOptions } from '../../src/observers/message-format.ts'
import { createMessageStore } from '../../src/observers/message-store.ts'
import { routerOf, topicSource } from '../../src/observers/topic-router.ts'
import type { FakeSocket } from '../support/index.ts'
import { advanceTimers, fakeViewTime, open, setup } from './scene.ts'

fakeViewTime()

const format: MessageFormatOptions = {
  codec: json(),
  topic: ({ topic }) => topic,
  subscribe: (topics) => ({ subscribe: topics }),
  unsubscribe: (topics) => ({ unsubscribe: topics }),
}

/** What the server has been told since the last time of asking. */
const taken = (socket: FakeSocket) => socket.sent.splice(0).map((text) => JSON.parse(String(text)))

const say = (socket: FakeSocket, topic: string, n: number) => socket.receive(JSON.stringify({ topic, n }))

describe('what the server is told', () => {
  it('[R39] is one subscribe for the topics of a task, whoever reads them', () => {
    const { world, observer } = open({ format })
    const { listen } = routerOf(observer)
    for (const topic of ['a', 'b', 'a', 'c']) listen(topic, () => {})
    expect(taken(world.socket)).toEqual([])
    advanceTimers()
    expect(taken(world.socket)).toEqual([{ subscribe: ['a', 'b', 'c'] }])
    listen('a', () => {})
    listen('d', () => {})
    advanceTimers()
    expect(taken(world.socket)).toEqual([{ subscribe: ['d'] }])
  })

  it('[R39] is an unsubscribe one macrotask after the last reader of a topic, and none for one who comes back', () => {
    const { world, observer } = open({ format })
    const { listen } = routerOf(observer)
    const stops = ['a', 'a', 'b'].map((topic) => listen(topic, () => {}))
    advanceTimers()
    taken(world.socket)
    stops[0]?.()
    advanceTimers()
    expect(taken(world.socket)).toEqual([])
    stops[1]?.()
    listen('a', () => {})
    advanceTimers()
    expect(taken(world.socket)).toEqual([])
    stops[2]?.()
    expect(taken(world.socket)).toEqual([])
    advanceTimers()
    expect(taken(world.socket)).toEqual([{ unsubscribe: ['b'] }])
  })

  it('[R39] is nothing of a reader that comes and goes within a task', () => {
    const { world, observer } = open({ format })
    routerOf(observer).listen('a', () => {})()
    advanceTimers()
    expect([taken(world.socket), vi.getTimerCount()]).toEqual([[], 0])
  })

  it('[R39] is all living topics in one message after every reconnect, behind what listeners of open send', async () => {
    const { client, world, observer } = setup({ format })
    const { listen } = routerOf(observer)
    listen('a', () => {})
    const stop = listen('b', () => {})
    client.on('open', () => void observer.send({ login: 1 }))
    client.connect()
    advanceTimers()
    world.socket.accept()
    await null
    advanceTimers()
    expect(taken(world.socket)).toEqual([{ login: 1 }, { subscribe: ['a', 'b'] }])
    world.socket.die()
    stop()
    listen('c', () => {})
    advanceTimers()
    world.advance(1000)
    world.socket.accept()
    await null
    advanceTimers()
    expect(taken(world.socket)).toEqual([{ login: 1 }, { subscribe: ['a', 'c'] }])
  })

  it('[R39] waits in a held queue, behind what is there', async () => {
    const { world, client, observer } = setup({ format, options: { queue: { hold: true } } })
    routerOf(observer).listen('a', () => {})
    client.connect()
    world.socket.accept()
    await null
    advanceTimers()
    expect(taken(world.socket)).toEqual([])
    client.flush()
    expect(taken(world.socket)).toEqual([{ subscribe: ['a'] }])
  })

  it('[R39] is only what there are words for, and what they throw is reported', () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const { world, observer } = open({ format: { ...format, unsubscribe: undefined } })
    const stop = routerOf(observer).listen('a', () => {})
    advanceTimers()
    stop()
    advanceTimers()
    expect(taken(world.socket)).toEqual([{ subscribe: ['a'] }])

    const subscribe = () => {
      throw new Error('no words')
    }
    const other = open({ format: { ...format, subscribe } })
    routerOf(other.observer).listen('a', () => {})
    advanceTimers()
    expect(reported.mock.calls.map(([error]) => String(error))).toEqual(['Error: no words'])

    const silent = open({ format: { codec: json(), topic: format.topic } })
    routerOf(silent.observer).listen('a', () => {})
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R39] leaves no listener and no timer behind', () => {
    const { client, world, observer } = open({ format })
    const stop = routerOf(observer).listen('a', () => {})
    advanceTimers()
    taken(world.socket)
    stop()
    advanceTimers()
    taken(world.socket)
    world.socket.die()
    world.advance(1000)
    world.socket.accept()
    advanceTimers()
    expect([taken(world.socket), vi.getTimerCount(), client.state]).toEqual([[], 0, 'OPEN'])
  })
})

describe('the fan-out', () => {
  it('[R31] asks for the topic once per message, and calls its readers alone', () => {
    const topic = vi.fn(({ topic }) => topic)
    const { world, observer } = open({ format: { codec: json(), topic } })
    const heard: unknown[] = []
    for (const name of ['a', 'b', 'a']) {
      routerOf(observer).listen(name, ({ data }) => heard.push([name, (data as { n: number }).n]))
    }
    say(world.socket, 'a', 1)
    say(world.socket, 'c', 2)
    expect(heard).toEqual([
      ['a', 1],
      ['a', 1],
    ])
    expect(topic).toHaveBeenCalledTimes(2)
  })

  it('[R36] a reader that throws disturbs no other, and one that is brought in by a message has not been there', () => {
    vi.stubGlobal('reportError', () => {})
    const { world, observer } = open({ format })
    const { listen } = routerOf(observer)
    const [late, other] = [vi.fn(), vi.fn()]
    listen('a', () => {
      listen('a', late)
      throw new Error('mine')
    })
    listen('a', other)
    say(world.socket, 'a', 1)
    expect([late.mock.calls.length, other.mock.calls.length]).toEqual([0, 1])
  })

  it('[R39] a store of a topic takes its messages alone, and a later one knows the last of them', () => {
    const { client, world, observer } = open({ format })
    const last = (topic: string) => {
      const store = createMessageStore(
        observer,
        {
          init: (message) => (message?.data as { n: number } | undefined)?.n ?? null,
          reduce: (_: number | null, data: { n: number }): number | null => data.n,
          select: (n) => n,
        },
        topicSource(observer, topic),
      )
      store.subscribe(() => {})
      return store.getSnapshot
    }
    const [a, b] = [last('a'), last('b')]
    say(world.socket, 'a', 1)
    say(world.socket, 'b', 1)
    say(world.socket, 'a', 2)
    // Still in the burst: what a twin that comes now shows is what the first one shows.
    expect([a(), b(), last('a')(), last('b')()]).toEqual([1, null, 1, null])
    advanceTimers()
    expect([a(), b(), last('a')(), last('c')()]).toEqual([2, 1, 2, null])
    client.update({ url: 'wss://other.test/' })
    expect([a(), last('a')()]).toEqual([null, null])
  })

  it('[R36] without a topic function there is nothing to ask', () => {
    const { observer } = open()
    expect(() => routerOf(observer).listen('a', () => {})).toThrow('found no topic function')
  })
})
