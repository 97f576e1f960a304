/** The one view of a client that all readers share: R31, R35, R37. */

import { describe, expect, it, vi } from 'vitest'
import { json } from '../../src/index.ts'
import { observe, setFormat } from '../../src/observers/client-observer.ts'
import { createMessageFormat } from '../../src/observers/message-format.ts'
import { advanceTimers, fakeViewTime, open, setup } from './scene.ts'

fakeViewTime()

describe('an observer', () => {
  it('[R31] is the same one for every reader in one format, and another in another', () => {
    const { client, observer } = setup()
    expect(observe(client, observer.format)).toBe(observer)
    expect(observe(client, createMessageFormat())).not.toBe(observer)
    const own = createMessageFormat()
    setFormat(client, own)
    expect(observe(client, observer.format).format).toBe(own)
  })

  it('[R31] listens to its client only while somebody reads, whoever else does', () => {
    const { client, observer } = setup()
    const subscribe = vi.spyOn(client, 'subscribe')
    const stops = [observer.subscribe(() => {}), observer.subscribe(() => {})]
    expect(subscribe).toHaveBeenCalledTimes(1)
    for (const stop of stops) stop()
    client.connect()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R31] shows one view to all of them: the same object until it is told', () => {
    const { client, world, observer } = setup()
    const seen: unknown[] = []
    observer.subscribe(() => seen.push(observer.getSnapshot()))
    observer.subscribe(() => seen.push(observer.getSnapshot()))
    client.connect()
    world.socket.accept()
    expect(seen[0]).toBe(seen[1])
    expect(observer.getSnapshot().state).toBe('CONNECTING')
    advanceTimers()
    expect(observer.getSnapshot().state).toBe('OPEN')
    expect(seen).toHaveLength(4)
  })

  it('[R31] a message that nobody has read is no news, and yet the last one', () => {
    const { world, observer } = open()
    const listener = vi.fn()
    observer.subscribe(listener)
    world.socket.receive('unread')
    expect(listener).not.toHaveBeenCalled()
    expect(observer.getSnapshot().lastMessage).toBe('unread')
    world.socket.receive('read')
    expect(listener).toHaveBeenCalledTimes(1)
    expect(observer.getSnapshot()).toMatchObject({ lastMessage: 'read', lastMessageEvent: { data: 'read' } })
  })

  it('[R35] another address takes its messages away at once, even in a burst', async () => {
    const { client, world, observer } = open()
    const seen: unknown[] = []
    observer.subscribe(() => seen.push(observer.getSnapshot().lastMessage))
    expect(observer.getSnapshot().lastMessage).toBe(null)
    for (const text of ['1', '2', '3']) world.socket.receive(text)
    await null
    client.update({ url: 'wss://other.test/' })
    expect(seen).toEqual(['1', null])
    client.update({ url: () => 'wss://elsewhere.test/' })
    expect(client.getSnapshot().addressId).toBe(1)
  })

  it('[R34] has a view for servers that knows of nothing', () => {
    const { observer } = open({ options: { circuitBreaker: { failureThreshold: 3 } } })
    expect(observer.getServerSnapshot()).toMatchObject({ state: 'CLOSED', connectionId: 0, failureThreshold: 3 })
    expect(observer.getServerSnapshot()).toBe(observer.getServerSnapshot())
  })

  it('[R31] what a commit has changed is shown beside the pace', () => {
    const { client, world, observer } = setup()
    const listener = vi.fn()
    observer.show()
    observer.subscribe(listener)
    client.connect()
    world.socket.accept()
    observer.show()
    expect(observer.getSnapshot().state).toBe('OPEN')
    advanceTimers(40)
    expect(listener).toHaveBeenCalledTimes(2)
  })

  it('[R35] sends in its format', () => {
    const { world, observer } = open({ format: { codec: json() } })
    expect(observer.send({ a: 1 })).toBe('sent')
    expect(world.socket.sent).toEqual(['{"a":1}'])
  })
})

describe('its stream', () => {
  it('[R35] decodes each message once for all readers, and hides what cannot be read', () => {
    const decode = vi.fn(JSON.parse)
    const { client, world, observer } = open({ format: { codec: { decode, encode: String } } })
    const [heard, also, errors] = [vi.fn(), vi.fn(), vi.fn()]
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    client.on('error', errors)
    observer.stream(heard)
    observer.stream(also)
    world.socket.receive('{"n":1}')
    world.socket.receive('{')
    expect(decode).toHaveBeenCalledTimes(2)
    expect(heard.mock.calls).toEqual(also.mock.calls)
    expect(heard.mock.calls.map(([{ data }]) => data)).toEqual([{ n: 1 }])
    expect(errors.mock.calls.map(([{ code }]) => code)).toEqual(['INVALID_MESSAGE'])
  })

  it('[R35] a codec that answers with a promise has not read, nor written, anything', () => {
    const codec = { decode: () => Promise.reject(new Error('late')), encode: () => Promise.resolve('late') as never }
    const { client, world, observer } = open({ format: { codec } })
    const [heard, errors] = [vi.fn(), vi.fn()]
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    client.on('error', errors)
    observer.stream(heard)
    world.socket.receive('a')
    expect([heard.mock.calls.length, errors.mock.calls[0]?.[0].code]).toEqual([0, 'INVALID_MESSAGE'])
    expect(() => observer.send('a')).toThrow('answered with a promise')
  })

  it('[R37] hides pongs', () => {
    const { world, observer } = open({ options: { heartbeatInterval: 1000 } })
    const heard = vi.fn()
    observer.stream(heard)
    world.advance(1000)
    world.socket.receive('{"type":"pong"}')
    expect(heard).not.toHaveBeenCalled()
  })
})
