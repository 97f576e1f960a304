/**
 * The same five stories in every browser engine that can be had: the quick start, a server restart, a silent server,
 * `close(1001)`, and the chat. `npm run test:engines`; BROWSERS=firefox,webkit chooses some. docs/BROWSERS.md says what
 * was run, and what could not be.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Visitor } from '../../support/chat-visitor.ts'
import { startDemoProcess } from '../../support/demo-process.ts'
import { TestServer } from '../../support/echo-server.ts'
import { chromium, type Driver, firefox, webkit } from './drivers.ts'
import { openSite, type Site } from './site.ts'

const candidates = { firefox, webkit, chromium }
const wanted = (process.env.BROWSERS || Object.keys(candidates).join(',')).split(',')
const patience = { interval: 50 }

type Told = [type: string, payload: unknown]

describe.each(wanted)('in %s', (name) => {
  const candidate = candidates[name as keyof typeof candidates]
  let driver: Driver
  let site: Site

  beforeAll(async () => {
    if (!candidate) throw new Error(`BROWSERS names no browser: "${name}". Known are ${Object.keys(candidates)}.`)
    const missing = candidate.missing()
    if (missing) throw new Error(missing)
    site = await openSite()
    driver = await candidate.start()
    console.log(`${candidate.name}: ${driver.version}`)
  })
  afterAll(async () => {
    await driver?.close()
    await site?.close()
  })

  const serve = async () => {
    const server = await new TestServer().open()
    onTestFinished(() => server.close())
    return server
  }
  const told = () => driver.ask<Told[]>('window.told')
  const playground = async (options: object) => {
    await driver.goto(`${site.url}/playground`)
    await expect.poll(() => driver.ask('typeof window.make'), patience).toBe('function')
    await driver.ask(`window.make(${JSON.stringify(options)})`)
    await driver.ask('(window.client.connect(), true)')
  }

  it('quick start: connects, sends what was queued, hears, and closes', async () => {
    const server = await serve()
    await driver.goto(site.quickStart(server.address))
    const printed = () => driver.ask<string[]>('window.printed')
    const peer = await server.peer()
    expect(peer.request.url).toBe('/socket')
    expect(await peer.heard()).toBe('{"type":"subscribe","channel":"updates"}')
    peer.socket.send('first news')
    await expect.poll(printed, patience).toEqual(['✅ Connected', '📨 Message: first news'])
    await driver.ask('(window.client.close(), true)')
    expect(await peer.closed).toEqual({ code: 1000, reason: '' })
    await expect.poll(printed, patience).toEqual(['✅ Connected', '📨 Message: first news', '❌ Closed: 1000 '])
  })

  it('server restart: waits, tries, comes back, and sends what was queued meanwhile', async () => {
    const server = await serve()
    await playground({ url: server.address, baseDelay: 300, maxDelay: 1000, heartbeatInterval: 0 })
    await server.peer()
    // The server knows of a connection before the page does.
    await expect.poll(async () => (await told()).some(([type]) => type === 'open'), patience).toBe(true)
    await server.close()
    // At least one attempt meets a closed port.
    await expect
      .poll(async () => (await told()).filter(([type]) => type === 'retry').length, patience)
      .toBeGreaterThan(1)
    expect(await driver.ask("window.client.send('while it was down')")).toBe('queued')
    await server.open()
    const back = await server.peer()
    expect(await back.heard()).toBe('while it was down')
    const events = await told()
    const ends = events.filter(([type]) => type === 'close').map(([, payload]) => payload)
    expect(ends[0]).toMatchObject({ code: 1006, wasClean: false, opened: true })
    expect(ends[1]).toEqual({ code: 1006, reason: '', wasClean: false, opened: false })
    expect(events.filter(([type]) => type === 'error').map(([, code]) => code)).toContain('HANDSHAKE_FAILED')
    expect(await driver.ask('window.client.getSnapshot().connectionId')).toBe(2)
    await driver.ask('(window.client.close(), true)')
  })

  it('silent server: notices, says why, and connects again', async () => {
    const server = await serve()
    await playground({ url: server.address, heartbeatInterval: 500, heartbeatTimeout: 500, baseDelay: 100 })
    const first = await server.peer()
    expect(await first.heard()).toBe('{"type":"ping"}')
    const second = await server.peer()
    const events = await told()
    const at = events.findIndex(([type]) => type === 'error')
    expect(events.slice(at, at + 2)).toMatchObject([
      ['error', 'HEARTBEAT_TIMEOUT'],
      ['close', { code: 1006, opened: true }],
    ])
    expect(await second.heard()).toBe('{"type":"ping"}')
    second.socket.send('{"type":"pong"}')
    await expect.poll(async () => (await told()).some(([type]) => type === 'latency'), patience).toBe(true)
    await driver.ask('(window.client.close(), true)')
  })

  it('close(1001): the browser refuses the code, so 1000 goes out with the reason; the event carries 1001', async () => {
    const server = await serve()
    await playground({ url: server.address })
    const peer = await server.peer()
    await expect.poll(() => driver.ask('window.client.state'), patience).toBe('OPEN')
    await driver.ask("(window.client.close(1001, 'Client shutting down'), true)")
    expect(await peer.closed).toEqual({ code: 1000, reason: 'Client shutting down' })
    await expect.poll(() => driver.ask('window.client.state'), patience).toBe('CLOSED')
    const [, end] = (await told()).find(([type]) => type === 'close') as Told
    expect(end).toEqual({ code: 1001, reason: 'Client shutting down', wasClean: true, opened: true })
  })

  it('chat: says, hears, survives a killed server, and loses nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chat-browsers-'))
    let demo = await startDemoProcess({ CHAT_DATA: folder, PORT: '0' })
    onTestFinished(async () => {
      await demo.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    })
    const shown = () =>
      driver.ask<string[]>("[...document.querySelectorAll('.message .text')].map((text) => text.textContent)")
    const tone = () => driver.ask("document.querySelector('.connection')?.dataset.tone")
    await driver.goto(`${demo.url}#/lobby`)
    await expect.poll(tone, patience).toBe('good')
    await driver.type('You', 'Ada')
    const grace = await Visitor.join(demo.port, 'Grace')

    await driver.type('Message', 'good morning')
    await grace.heard(1)
    await grace.say('and to you').acked
    await expect.poll(shown, patience).toEqual(['good morning', 'and to you'])

    await demo.kill('SIGKILL')
    await expect.poll(tone, patience).toBe('bad')
    await driver.type('Message', 'anybody there?')
    demo = await startDemoProcess({ CHAT_DATA: folder, PORT: String(demo.port) })
    await expect.poll(tone, patience).toBe('good')
    await grace.heard(3)
    expect(grace.texts()).toEqual(['good morning', 'and to you', 'anybody there?'])
    await expect.poll(shown, patience).toEqual(grace.texts())
  })
})
