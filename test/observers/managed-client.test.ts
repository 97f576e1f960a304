/** A client that lives in a part of a page, without any framework: R26, R30, R32, R33. */

import { describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect } from '../../src/index.ts'
import { manageClient } from '../../src/observers/managed-client.ts'
import { graphqlTerms, manageGraphQLClient } from '../../src/observers/managed-graphql-client.ts'
import { createStableOptions, type ManagedOptions } from '../../src/observers/stable-options.ts'
import { createMountLease } from '../../src/runtime/mount-lease.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import { advanceTimers, fakeViewTime } from './scene.ts'

fakeViewTime()

/** A client with a lease, and how a user sees it. */
function leased(isWanted = true) {
  const world = createWorld()
  const client = new WebSocketReconnect(world.options())
  const terms = (isWanted: boolean, isEnabled = isWanted) => ({ isWanted, isEnabled })
  const lease = createMountLease(client, terms(isWanted), { setTimeout, clearTimeout: clearTimeout as never })
  const agree = (isWanted: boolean, isEnabled?: boolean) => {
    lease.agree(terms(isWanted, isEnabled))
    lease.settle()
    lease.prepare()
    return lease.mount()
  }
  return { world, client, lease, agree, status: () => client.getSnapshot().status }
}

describe('a lease', () => {
  it('[R30] connects with its mount, and lets go a macrotask after it', () => {
    const { world, lease } = leased()
    expect(world.dials).toBe(0)
    const unmount = lease.mount()
    expect(world.dials).toBe(1)
    unmount()
    expect(world.liveSockets).toHaveLength(1)
    advanceTimers()
    expect(world.liveSockets).toHaveLength(0)
  })

  it('[R32] is held by who comes back in time, or within `linger`', () => {
    for (const linger of [0, 300]) {
      const { world, lease } = leased()
      lease.mount(linger)()
      if (linger) advanceTimers(linger - 1)
      lease.mount(linger)
      advanceTimers(1000)
      expect([world.dials, world.liveSockets.length]).toEqual([1, 1])
    }
  })

  it('[R26] shows what is due as connecting, the same object each time, and a server too', () => {
    const { client, lease, status } = leased()
    expect([status(), client.getServerSnapshot().status]).toEqual(['connecting', 'connecting'])
    expect(client.getSnapshot()).toBe(client.getSnapshot())
    expect(Object.isFrozen(client.getSnapshot())).toBe(true)
    lease.mount()
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', status: 'connecting' })
    const { client: unwanted } = leased(false)
    expect([unwanted.getSnapshot().status, unwanted.getServerSnapshot().status]).toEqual(['idle', 'idle'])
  })

  it('[R30] never dials after the user’s own close(), until they connect or enabled goes from false to true', () => {
    const { world, client, agree } = leased()
    agree(true)
    client.close()
    agree(false, true)
    agree(true)
    expect(world.dials).toBe(1)
    agree(false)
    agree(true)
    expect(world.dials).toBe(2)
    client.close()
    client.reconnect()
    agree(false, true)
    agree(true)
    expect(world.dials).toBe(4)
  })

  it('[R23] a close() that is refused is nobody’s word', () => {
    const { client, lease } = leased()
    expect(() => client.close(1005)).toThrow(RangeError)
    expect(lease.isClosedByUser).toBe(false)
  })

  it('[R30] lets messages wait once it is wanted again, until it connects', () => {
    const { world, client, lease, agree } = leased()
    agree(true)
    agree(false)
    expect(client.send('lost')).toBe('dropped')
    lease.agree({ isWanted: true, isEnabled: true })
    lease.settle()
    lease.prepare()
    expect(client.send('hello')).toBe('queued')
    lease.mount()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['hello'])
  })
})

describe('stable options', () => {
  const url = 'wss://a.test/'
  const changes = (first: object, next: object, keys: [unknown, unknown] = [1, 1]) =>
    createStableOptions({ url, ...first } as ManagedOptions, keys[0]).changes(
      { url, ...next } as ManagedOptions,
      keys[1],
    )

  it('[R33] a new function is no change, and the latest is called', () => {
    const stable = createStableOptions({ url: () => 'wss://old.test/' }, 1)
    const given = (stable.initial as { url: () => string }).url
    expect(stable.changes({ url: () => 'wss://new.test/' }, 1)).toBeUndefined()
    expect(given()).toBe('wss://new.test/')
  })

  it('[R33] what differs by value is a change; what is gone is undefined', () => {
    expect(changes({ maxRetries: 1 }, { maxRetries: 1, protocols: ['v1'] })).toEqual({
      options: { protocols: ['v1'] },
      address: 'same',
    })
    expect(changes({ maxRetries: 1 }, {})?.options).toEqual({ maxRetries: undefined })
    expect(changes({ queue: { hold: true } }, { queue: { maxMessages: 2 } })?.options).toEqual({
      queue: { hold: undefined, maxMessages: 2 },
    })
    expect(changes({ url: new URL(url) }, { url: new URL(url) })).toBeUndefined()
  })

  it('[R33] tells where functions that stay now lead: elsewhere, or nowhere', () => {
    const provider = () => url
    expect(changes({ url: provider }, { url: provider }, [{ a: 1 }, { a: 2 }])?.address).toBe('other')
    expect(changes({ url: provider }, { url: provider }, [{ a: 1 }, { a: 1 }])).toBeUndefined()
    expect(changes({}, { url: null })?.address).toBe('none')
    const odd = changes({}, { protocols: 42 })
    expect([odd?.address, typeof odd?.options.protocols]).toEqual(['other', 'function'])
  })
})

describe('a managed client', () => {
  const terms = (world: World, options: object = {}) => ({
    options: { ...world.options(), ...options } as ManagedOptions,
    urlKey: undefined,
    enabled: true,
    format: {},
  })

  it('[R33] does nothing until it is mounted, then follows what each render asks for', () => {
    const world = createWorld({ server: accept() })
    const managed = manageClient(terms(world))
    managed.adopt(terms(world))
    managed.follow()
    expect(world.dials).toBe(0)
    managed.mount()
    world.advance(0)
    managed.adopt(terms(world, { url: 'wss://b.test/', maxRetries: 3 }))
    expect(managed.client.options.maxRetries).toBe(10)
    managed.follow()
    expect([managed.client.options.maxRetries, managed.client.getSnapshot().addressId]).toEqual([3, 1])
    world.advance(0)
    expect(world.socket.url).toBe('wss://b.test/')
  })

  it('[R30] what is sent between a commit and its effects belongs to the new address', () => {
    const world = createWorld({ server: accept() })
    const managed = manageClient(terms(world))
    managed.mount()
    world.advance(0)
    const [first] = world.sockets
    managed.adopt(terms(world, { url: 'wss://b.test/' }))
    expect(managed.client.send('hello')).toBe('queued')
    world.advance(0)
    expect([first?.sent, world.socket.sent]).toEqual([[], ['hello']])
  })

  it('[R33] a later url that nothing could dial is data: FAILED, and no error of the render', () => {
    const world = createWorld()
    const managed = manageClient(terms(world))
    managed.mount()
    managed.adopt(terms(world, { url: 'ftp://b.test/' }))
    managed.follow()
    expect(managed.client.getSnapshot()).toMatchObject({ state: 'FAILED', error: { code: 'INVALID_URL' } })
    managed.adopt(terms(world, { multiplier: 0 }))
    expect(() => managed.follow()).toThrow(TypeError)
  })

  it('[R35] is emptied where there is no url any more', () => {
    const world = createWorld()
    const managed = manageClient(terms(world))
    managed.mount()
    managed.adopt(terms(world, { url: null }))
    managed.follow()
    expect(managed.client.getSnapshot().addressId).toBe(1)
  })

  it('[R33] of GraphQL follows its options in the words of the protocol', () => {
    const world = createWorld()
    const { url: _, ...surroundings } = world.options()
    const asked = (extra: object) =>
      graphqlTerms({ ...surroundings, url: 'wss://a.test/graphql', ...extra }, undefined, true)
    const managed = manageGraphQLClient(asked({}))
    managed.mount()
    managed.adopt(asked({ maxRetries: 3, protocols: ['mine'], heartbeatMessage: { type: 'ping' } }))
    managed.follow()
    expect(managed.client.ws.options).toMatchObject({
      maxRetries: 3,
      protocols: ['graphql-transport-ws', 'mine'],
      heartbeatMessage: { type: 'ping' },
    })
    managed.adopt(asked({ connectionParams: { token: 1 } }))
    managed.follow()
    expect(managed.client.ws.options).toMatchObject({ maxRetries: 10, protocols: ['graphql-transport-ws'] })
    expect(vi.getTimerCount()).toBe(0)
  })
})
