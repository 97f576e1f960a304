/**
 * The lines of the table of failures (docs/SESSION.md) that take a real browser: its database, its locks, its tabs, its death.
 */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { createSessionServer, memoryStore } from '../../../src/server/index.ts'
import { Chromium, type Tab } from './devtools.ts'

let pages: { origin: string; close(): void }

beforeAll(async () => {
  pages = await servePages()
})
afterAll(() => pages.close())

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

async function launch(flags: readonly string[] = []): Promise<Chromium> {
  const browser = await Chromium.launch(flags)
  onTestFinished(() => browser.close())
  return browser
}

async function openTab(browser: Chromium, name: string, url?: string): Promise<Tab> {
  const tab = await browser.open(`${pages.origin}/`)
  await tab.run(`lab.open(${[name, ...(url ? [url] : [])].map((text) => JSON.stringify(text))})`)
  return tab
}
const ready = (tab: Tab) => tab.run('lab.until(() => lab.session.outbox.isDurable)')
const entries = (tab: Tab) => tab.run<number[]>('lab.entries()')

describe('the outbox in a real browser', () => {
  it('[S1] browser killed: what was stored is there', async () => {
    const profile = mkdtempSync(join(tmpdir(), 'outbox-'))
    onTestFinished(() => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
    const killed = await Chromium.launch([`--user-data-dir=${profile}`])
    const tab = await openTab(killed, 'killed')
    await tab.run('lab.store(1, 20)')
    await killed.kill()
    const next = await openTab(await launch([`--user-data-dir=${profile}`]), 'killed')
    await next.run('lab.until(() => lab.entries().length >= 20)')
    expect(await entries(next)).toEqual(numbers(1, 20))
  })

  it('[S1] page dies in the very task in which it sends: kept, whether the database was open or still opening', async () => {
    const browser = await launch()
    const tab = await openTab(browser, 'reload')
    await ready(tab)
    const gone = `${pages.origin}/?gone`
    tab.run(`lab.session.send(1); location.href = ${JSON.stringify(gone)}; 0`).catch(() => {})
    await tab.arrived(gone)
    tab
      .run(`lab.open('reload'); lab.session.send(2); location.href = ${JSON.stringify(`${gone}-again`)}; 0`)
      .catch(() => {})
    await tab.arrived(`${gone}-again`)
    await tab.run(`lab.open('reload')`)
    await tab.run('lab.until(() => lab.entries().length >= 2)')
    expect(await entries(tab)).toEqual([1, 2])
  })

  it('[S2] three tabs write, one of them drains, and when that is closed the next one does', async () => {
    const done: number[] = []
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const sessions = createSessionServer<string, number>({
      store: memoryStore(),
      onSend: ({ data }) => ({ write: () => void done.push(data) }),
    })
    server.on('connection', (socket) => sessions.accept(socket, 'ann'))
    onTestFinished(() => void server.close())
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const browser = await launch()
    const [one, two, three] = [
      await openTab(browser, 'tabs', url),
      await openTab(browser, 'tabs', url),
      await openTab(browser, 'tabs', url),
    ]
    await Promise.all([one.run('lab.store(1, 50)'), two.run('lab.store(101, 150)'), three.run('lab.store(201, 250)')])
    await one.close()
    await Promise.all([two.run('lab.store(151, 180)'), three.run('lab.store(251, 280)')])
    await Promise.all([two, three].map((tab) => tab.run('lab.until(() => lab.session.outbox.size === 0)')))
    const all = [...numbers(1, 50), ...numbers(101, 180), ...numbers(201, 280)]
    expect([...done].sort((a, b) => a - b)).toEqual(all)
    // Each tab's messages in the order in which it wrote them.
    for (const hundred of [0, 1, 2]) {
      const own = done.filter((data) => Math.floor(data / 100) === hundred)
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
  })

  it('user clears site data while open: what was written here is kept, and isDurable tells', async () => {
    const browser = await launch()
    const tab = await openTab(browser, 'cleared')
    await tab.run('lab.store(1, 3)')
    await tab.send('Storage.clearDataForOrigin', { origin: pages.origin, storageTypes: 'indexeddb' })
    await tab.run('lab.store(4, 4)')
    await tab.run('lab.until(() => lab.entries().length === 4)')
    expect([...(await entries(tab))].sort()).toEqual([1, 2, 3, 4])
    expect(await tab.run('lab.session.outbox.isDurable')).toBe(true)
  })
})

async function servePages() {
  const { outputFiles } = await build({
    entryPoints: [new URL('outbox.page.ts', import.meta.url).pathname],
    ...{ bundle: true, format: 'iife', write: false, define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [
      {
        name: 'no node',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/ws-node\.ts$/ }, () => ({
            path: new URL('../../../src/runtime/ws-browser.ts', import.meta.url).pathname,
          })),
      },
    ],
  })
  const script = outputFiles?.[0]?.text
  const server = createServer((request, response) => {
    if (request.url === '/lab.js') return response.setHeader('content-type', 'text/javascript').end(script)
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>lab</title><script src="/lab.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  }
}
