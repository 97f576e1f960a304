/**
 * Owns what the browser tests of the hooks stand on: their page, built by Vite for production, a real `ws` server that
 * counts everyone who knocks, and a Chromium whose page notes every commit of React and every socket.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { expect } from 'vitest'
import { type WebSocket as Peer, WebSocketServer } from 'ws'
import { launchChromium } from '../../../scripts/chromium.ts'
import type { Notes, ScenePage } from './react/page.tsx'

/** What the page has noted by itself, beside what its scenes noted. */
export interface Seen {
  /** When React committed, ms. */
  commits: number[]
  /** For each commit, the different texts that `<b>`s showed. */
  shown: string[][]
  /** How many sockets were connecting or open at once, at most. */
  mostSockets: number
  /** How many are now. */
  readonly living: number
  sockets: number
  errors: string[]
}

type Window_ = ScenePage & { seen: Seen }

/** Runs in the page before anything else. React's production build tells developer tools of each commit, too. */
function observe(): void {
  const seen: Seen = {
    ...{ commits: [], shown: [], mostSockets: 0, sockets: 0, errors: [] },
    get living() {
      return sockets.filter(({ readyState }) => readyState < 2).length
    },
  }
  const hook = {
    supportsFiber: true,
    renderers: new Map(),
    checkDCE() {},
    inject: () => 1,
    onCommitFiberUnmount() {},
    onCommitFiberRoot() {
      seen.commits.push(performance.now())
      seen.shown.push([...new Set([...document.querySelectorAll('b')].map((b) => b.textContent ?? ''))])
    },
  }
  addEventListener('error', ({ message }) => seen.errors.push(message))
  addEventListener('unhandledrejection', ({ reason }) => seen.errors.push(String(reason)))
  const sockets: WebSocket[] = []
  const Native = WebSocket
  Object.assign(window, {
    seen,
    __REACT_DEVTOOLS_GLOBAL_HOOK__: hook,
    WebSocket: class extends Native {
      constructor(...args: ConstructorParameters<typeof Native>) {
        super(...args)
        sockets.push(this)
        seen.sockets = sockets.length
        seen.mostSockets = Math.max(seen.mostSockets, seen.living)
      }
    },
  })
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Builds the page with the installed React, or with the one that lies in a folder. */
async function buildPage(outDir: string, react: string): Promise<void> {
  const root = resolve('test/e2e/chromium/react')
  const alias =
    react === '19'
      ? {}
      : {
          react: resolve('fixtures/react18/node_modules/react'),
          'react-dom': resolve('fixtures/react18/node_modules/react-dom'),
        }
  await build({
    root,
    configFile: false,
    mode: 'production',
    logLevel: 'warn',
    resolve: { alias },
    // Vitest says `test`; a user's build says this.
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: { outDir, emptyOutDir: true, rolldownOptions: { checks: { moduleLevelDirective: false } } },
  })
}

/** The page's server: a socket for each path, slow ones included, and everything anyone ever did. */
async function serve(folder: string) {
  const upgrades: string[] = []
  const heard: Record<string, string[]> = {}
  const http = createServer(async (request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url as string)
    try {
      const body = await readFile(join(folder, path))
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  const wss = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, socket: Socket, head) => {
    const path = request.url as string
    upgrades.push(path)
    const letIn = () => {
      if (socket.destroyed) return
      wss.handleUpgrade(request, socket, head, (client) => {
        client.on('message', (data) => obey(client, String(data), path))
      })
    }
    if (path.startsWith('/slow')) setTimeout(letIn, 400)
    else letIn()
  })
  const obey = (client: Peer, text: string, path: string) => {
    heard[path] = [...(heard[path] ?? []), text]
    const [order, count = '0', pause = '0'] = text.split(' ')
    if (order === 'burst') for (let i = 0; i < Number(count); i++) client.send(String(i))
    if (order === 'paced') {
      let i = 0
      const timer = setInterval(() => {
        client.send(String(i++))
        if (i >= Number(count)) clearInterval(timer)
      }, Number(pause))
    }
    if (order === 'topic') client.send(JSON.stringify({ topic: count, n: 1 }))
    if (order === 'hang-up') client.close(4000)
  }
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const { port } = http.address() as AddressInfo
  return {
    page: `http://127.0.0.1:${port}/`,
    url: `ws://127.0.0.1:${port}`,
    /** The path of every handshake, in order. */
    upgrades,
    /** Everything that was sent, by path. */
    heard,
    live: () => wss.clients.size,
    /** Says something to everyone. */
    tell: (text: string) => {
      for (const client of wss.clients) obey(client, text, '')
    },
    /** Forgets what was, for the next scene. */
    reset() {
      upgrades.length = 0
      for (const path of Object.keys(heard)) delete heard[path]
    },
    async close() {
      for (const client of wss.clients) client.terminate()
      http.closeAllConnections()
      await new Promise((done) => http.close(done))
    },
  }
}

export type PageServer = Awaited<ReturnType<typeof serve>>

/** A page with the scenes, as a test sees it. */
export class Scene {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  show(name: Parameters<ScenePage['show']>[0], props: Parameters<ScenePage['show']>[1]): Promise<void> {
    return this.page.evaluate(([name, props]) => (window as unknown as Window_).show(name, props), [
      name,
      props,
    ] as const)
  }

  leave(): Promise<void> {
    return this.page.evaluate(() => (window as unknown as Window_).leave())
  }

  seen(): Promise<Seen> {
    return this.page.evaluate(() => (window as unknown as Window_).seen)
  }

  notes(): Promise<Notes> {
    return this.page.evaluate(() => (window as unknown as Window_).notes)
  }

  /** How many messages were heard so far, without moving them all. */
  heard(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as Window_).notes.heard.length)
  }

  /** What is so far is no longer counted. */
  forget(): Promise<void> {
    return this.page.evaluate(() => {
      const { seen, notes } = window as unknown as Window_
      seen.commits.length = seen.shown.length = 0
      notes.renders = {}
    })
  }

  async shows(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.page.locator('#root').innerText(), { interval: 20 }).toMatch(text)
  }

  /** Waits until everything that was going to be shown has been. */
  async rests(): Promise<void> {
    let before = -1
    await expect
      .poll(
        async () => {
          const now = (await this.seen()).commits.length
          const isStill = now === before
          before = now
          return isStill
        },
        { interval: 100 },
      )
      .toBe(true)
  }
}

/** The stage for one version of React; `open` gives a fresh page each time. */
export async function openReactStage(react: '18' | '19') {
  const folder = await mkdtemp(join(tmpdir(), 'react-stage-'))
  await buildPage(folder, react)
  const server = await serve(folder)
  const browser = await launchChromium()
  return {
    server,
    folder,
    async open(): Promise<Scene> {
      for (const context of browser.contexts()) await context.close()
      await expect.poll(server.live).toBe(0)
      server.reset()
      const page = await (await browser.newContext()).newPage()
      await page.addInitScript(observe)
      await page.goto(server.page)
      const scene = new Scene(page)
      expect((await scene.notes()).react.split('.')[0]).toBe(react)
      return scene
    },
    async close() {
      await browser.close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type ReactStage = Awaited<ReturnType<typeof openReactStage>>
