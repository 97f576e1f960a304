/**
 * Owns what the tests of the developer tools stand on: their page under a strict policy, a `ws` server that answers pings,
 * and a Chromium that notes every complaint.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { launchChromium } from '../../../scripts/chromium.ts'
import { createSessionServer, memoryStore, Refusal } from '../../../src/server/index.ts'
import { patience } from './stage.ts'

/** No inline style and no inline script: what is adopted or served is all there is. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src ws:; img-src data:"
const HTML =
  '<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>An app</title><link rel="icon" href="data:,"></head><body><div id="root"></div><script type="module" src="/panel.page.js"></script></body></html>'

async function bundle(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ['test/e2e/chromium/panel.page.ts'],
    ...{ bundle: true, write: false, splitting: true, outdir: '/out', format: 'esm', platform: 'browser' },
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [
      {
        name: 'no search for ws',
        setup: ({ onResolve }) =>
          onResolve({ filter: /ws-node\.ts$/ }, () => ({ path: resolve('src/runtime/ws-browser.ts') })),
      },
    ],
  })
  return new Map(outputFiles.map(({ path, text }) => [path.replace(/^.*[\\/]/, '/'), text]))
}

export async function openPanelStage() {
  const files = await bundle()
  const http = createServer(({ url = '/' }, response) => {
    const path = url.split('?')[0] as string
    const text = path === '/' ? HTML : files.get(path)
    const type = path === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(text ? 200 : 404, { 'content-type': type, 'content-security-policy': POLICY }).end(text)
  })
  const peers: WebSocket[] = []
  const sockets = new WebSocketServer({ server: http })
  const sessions = createSessionServer<string, { text: string }>({
    store: memoryStore(),
    onSend({ data: { text } }) {
      if (text === 'bad') throw new Refusal('no bad words')
      // Nobody gets an answer to it: it stays under way, as what is asked does.
      if (text === 'slow') return new Promise(() => {})
      return { publish: [{ topic: 'room:1', data: text }] }
    },
    onRequest: () => new Promise(() => {}),
    canFollow: ({ topic }) => topic !== 'closed room',
  })
  sockets.on('connection', (socket, request) => {
    if (request.url === '/session') return void sessions.accept(socket, 'ann')
    peers.push(socket)
    socket.on('message', (data) => socket.send(String(data) === '{"type":"ping"}' ? '{"type":"pong"}' : String(data)))
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const { port } = http.address() as AddressInfo
  const browser = await launchChromium()
  const complaints: string[] = []

  return {
    complaints,
    peers,
    async visit(options: Parameters<typeof browser.newContext>[0] = {}, query = '') {
      const page = await (await browser.newContext(options)).newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        // Dials that a test lets fail are the platform's to complain about, silence is the engine's to explain.
        const meant = /^WebSocket connection to|has never answered a ping/
        if (/^(error|warning)$/.test(message.type()) && !meant.test(message.text())) complaints.push(message.text())
      })
      await page.goto(`http://127.0.0.1:${port}/?server=ws://127.0.0.1:${port}/feed${query}`)
      await waitFor(page, () => document.querySelector('output')?.textContent === 'OPEN')
      return page
    },
    async close() {
      await browser.close()
      for (const peer of peers) peer.terminate()
      await new Promise((done) => sockets.close(done))
      await new Promise((done) => http.close(done))
    },
  }
}

/** Waits until the page says so. */
export const waitFor = async (page: Page, isSo: () => unknown): Promise<void> => {
  await expect.poll(() => page.evaluate(isSo).then(Boolean), patience).toBe(true)
}
