/** The demo server around the chat server: how it crashes and comes back, its side door, and whom it lets in. */

import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { isLocal, listen, readPlace, usualPort } from '../../demo/server/listen.ts'
import { startDemo } from '../../demo/server/main.ts'
import { isOurs } from '../../demo/server/origin.ts'
import { folder, openDemoServer, rawSocket, Visitor } from '../support/chat-visitor.ts'

describe('a crash', () => {
  it('resets every socket, drops the memory and comes back from the store', async () => {
    const { demoServer, port } = await openDemoServer()
    const ada = await Visitor.join(port, 'Ada')
    await ada.say('before').acked
    const restarted = demoServer.crash()
    expect((await ada.closed).code).toBe(1006)
    await restarted
    expect(await demoServer.status()).toMatchObject({ up: true, generation: 2, store: 'sqlite' })
    const bea = await Visitor.join(port, 'Bea')
    expect(bea.log.map(({ n, text }) => [n, text])).toEqual([[1, 'before']])
    await bea.say('after').acked
    // Whoever was there is back by itself, and has missed nothing.
    await ada.heard(2)
    expect(ada.log.map(({ n, text }) => [n, text])).toEqual([
      [1, 'before'],
      [2, 'after'],
    ])
  })

  it('leaves nobody there meanwhile, and happens once however often it is asked for', async () => {
    const { demoServer, port } = await openDemoServer({ downtime: 2 ** 30 })
    const restarted = demoServer.crash()
    expect(demoServer.restart()).toBe(restarted)
    expect((await rawSocket(port).closed).code).toBe(1006)
    expect(await demoServer.status()).toMatchObject({ up: false, generation: 1, attempts: [{ outcome: 'down' }] })
    expect(demoServer.switches().restarting).toBeGreaterThan(Date.now())
    await demoServer.close()
    await restarted
  })

  it('ends at once when the demo server is closed before the store is', async () => {
    const { demoServer } = await openDemoServer({ downtime: 2 ** 30 })
    const restarted = demoServer.crash()
    await demoServer.close()
    await restarted
    expect((await demoServer.status()).up).toBe(false)
  })

  it('lasts as long as a test wants it to', async () => {
    const { demoServer, port, control } = await openDemoServer({ testHooks: true, downtime: 0 })
    await control('stay-away', { on: true })
    const restarted = demoServer.crash()
    expect((await rawSocket(port).closed).code).toBe(1006)
    await control('stay-away', { on: false })
    await restarted
    expect(await demoServer.status()).toMatchObject({ up: true, generation: 2 })
  })

  it('keeps a message that nobody was told of', async () => {
    const { demoServer, port, control } = await openDemoServer({ testHooks: true })
    const ada = await Visitor.join(port, 'Ada')
    await control('hold', { on: true })
    const delivery = ada.say('kept')
    await expect.poll(async () => (await demoServer.status()).rooms[0]?.last).toBe(1)
    expect(delivery.status).toBe('sent')
    await demoServer.crash()
    await Promise.all([delivery.acked, ada.heard(1)])
    expect(ada.log).toMatchObject([{ n: 1, text: 'kept' }])
  })
})

describe('the side door', () => {
  it('shows the switches and what the server knows of itself, but no message', async () => {
    const { port, control } = await openDemoServer()
    const ada = await Visitor.join(port, 'Ada')
    await ada.say('a secret').acked
    expect(await (await control('switches')).json()).toEqual({
      now: expect.any(Number),
      restarting: null,
      broken: [],
    })
    const text = await (await control('status')).text()
    expect(JSON.parse(text)).toMatchObject({
      up: true,
      connections: [{ id: expect.any(String), nick: 'Ada', room: 'lobby' }],
      rooms: [{ name: 'lobby', last: 1, people: [{ nick: 'Ada', tabs: 1 }] }],
      attempts: [{ outcome: 'accepted' }],
    })
    expect(text).not.toContain('secret')
  })

  it('says what it expects of what it does not understand', async () => {
    const { control } = await openDemoServer()
    const answers: [string, object | undefined, Record<string, string>, number][] = [
      ['explode', { on: true }, {}, 400],
      // Only where the environment asks for it.
      ['hold', { on: true }, {}, 400],
      ['stay-away', { on: true }, {}, 400],
      ['pong-delay', { ms: 5 }, {}, 400],
      ['refuse', { on: true, more: 'x'.repeat(2000) }, {}, 400],
      ['restart', {}, { 'content-type': 'text/plain' }, 415],
      ['restart', {}, { origin: 'http://elsewhere.example' }, 403],
      ['status', undefined, { origin: 'http://elsewhere.example' }, 403],
      ['restart', undefined, {}, 405],
    ]
    for (const [name, body, headers, code] of answers) {
      const response = await control(name, body, headers)
      expect([name, response.status]).toEqual([name, code])
      expect(await response.json()).toHaveProperty('expected')
    }
  })

  it('bounds how often it is used', async () => {
    // A second has passed before a slow machine has asked so often.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    onTestFinished(() => void vi.restoreAllMocks())
    const { control } = await openDemoServer()
    const codes = await Promise.all(Array.from({ length: 400 }, async () => (await control('switches')).status))
    expect(codes).toContain(200)
    expect(codes).toContain(429)
  })
})

describe('an upgrade', () => {
  it('from a page of another site is turned away', async () => {
    const { port, demoServer } = await openDemoServer()
    expect((await rawSocket(port, { origin: 'http://elsewhere.example' }).closed).code).toBe(1006)
    expect((await demoServer.status()).attempts).toMatchObject([{ outcome: 'foreign' }])
    await rawSocket(port, { origin: `http://127.0.0.1:${port}` }).opened
  })

  it('beyond the number of connections is turned away', async () => {
    const { port, demoServer } = await openDemoServer({ chat: { connections: 1 } })
    await Visitor.join(port, 'Ada')
    expect((await rawSocket(port).closed).code).toBe(1006)
    expect((await demoServer.status()).attempts.at(-1)).toMatchObject({ outcome: 'full' })
  })

  it('with a request line that is no URL ends nothing but itself', async () => {
    const { port } = await openDemoServer()
    for (const target of ['//', 'http://[', '/chat%', '*', '/elsewhere']) {
      const socket = connect(port, '127.0.0.1')
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
      await new Promise((resolve) => socket.on('close', resolve).on('error', resolve).resume())
    }
    await Visitor.join(port, 'Ada')
  })
})

describe('host and origin', () => {
  it('must fit each other, and this machine if only it may call', () => {
    const cases: [string | undefined, string | undefined, boolean, boolean][] = [
      ['localhost:5173', 'http://localhost:5173', true, true],
      ['127.0.0.1:5173', undefined, true, true],
      ['[::1]:5173', 'http://[::1]:5173', true, true],
      ['chat.localhost:5173', 'http://chat.localhost:5173', true, true],
      // A foreign name that resolves to this machine (DNS rebinding).
      ['rebound.example:5173', 'http://rebound.example:5173', true, false],
      ['localhost:5173', 'http://localhost:5174', true, false],
      ['localhost:5173', 'null', true, false],
      [undefined, undefined, true, false],
      ['machine.lan:5173', 'http://machine.lan:5173', false, true],
      ['machine.lan:5173', 'http://elsewhere.example', false, false],
      ['machine.lan', 'http://machine.lan', false, true],
    ]
    for (const [host, origin, local, ours] of cases)
      expect([host, origin, isOurs({ host, origin }, local)]).toEqual([host, origin, ours])
  })
})

describe('the demo', () => {
  const start = async (env: Record<string, string>) => {
    const demo = await startDemo({ env, folder: await folder(), page: (_, response) => response.end('the page') })
    onTestFinished(() => demo.close())
    return demo
  }

  it('listens on this machine only, shows the page and serves the chat on one port', async () => {
    const demo = await start({ PORT: '0' })
    expect(demo.url).toBe(`http://localhost:${demo.port}/`)
    expect(await (await fetch(`http://127.0.0.1:${demo.port}/`)).text()).toBe('the page')
    await Visitor.join(demo.port, 'Ada')
    const server = createServer()
    // 127.0.0.2 is this machine too, but not the address it listens on.
    const free = await listen(server, { host: '127.0.0.2', port: demo.port }).then(
      () => true,
      () => false,
    )
    server.close()
    expect(free).toBe(true)
  })

  it('listens where HOST says', async () => {
    const demo = await start({ PORT: '0', HOST: '0.0.0.0' })
    const server = createServer()
    await expect(listen(server, { host: '127.0.0.2', port: demo.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const host = `machine.example:${demo.port}`
    const code = await new Promise((resolve) => {
      request({ port: demo.port, path: '/control/switches', headers: { host } }, (response) =>
        resolve(response.statusCode),
      ).end()
    })
    expect(code).toBe(200)
  })

  it('takes another port if the usual one is taken, but never another than the one asked for', async () => {
    const blocker = createServer()
    await listen(blocker, { port: usualPort }).catch(() => {})
    onTestFinished(() => void blocker.close())
    const demo = await start({})
    expect(demo.port).not.toBe(usualPort)
    await expect(start({ PORT: String(demo.port) })).rejects.toThrow(/is taken; set PORT/)
    expect(() => readPlace({ PORT: 'http' })).toThrow(/PORT must be a whole number/)
    expect(() => readPlace({ PORT: '70000' })).toThrow(/PORT must be a whole number/)
  })

  it('knows which addresses only this machine reaches', () => {
    expect(['localhost', '127.0.0.1', '127.8.8.8', '::1'].every(isLocal)).toBe(true)
    expect(['0.0.0.0', '::', '192.168.1.5', 'machine.lan'].some(isLocal)).toBe(false)
  })
})
