/**
 * Owns the real parts: server processes that are killed by SIGKILL and come back at their port, a Chromium with three tabs of one
 * profile, a reader that resumes, and what is counted at the end. Waits for what happens, never for time.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { launchChromium } from '../../scripts/chromium.ts'
import { Session } from '../../src/session/index.ts'
import type { Tab, Told } from './real.page.ts'

/** Client, number, tab, and which message of that tab: as a server wrote it down. */
export type Done = readonly [client: string, n: number, tab: number, index: number]

const TABS = 3
/** Unacknowledged messages of one tab, so that every kill finds some on their way. */
const IN_HAND = 60

/** A folder that goes when the test does; modules are found from it. */
export function createFolder(): string {
  const cache = resolve('node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'real-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export class ServerProcess {
  port = 0
  /** What its operator was told, of every life. */
  readonly troubles: string[] = []
  kills = 0
  readonly #file: string
  readonly #store: string
  #child: ChildProcess | undefined

  private constructor(file: string, store: string) {
    this.#file = file
    this.#store = store
  }

  static async start(folder: string, store: string): Promise<ServerProcess> {
    const outfile = join(folder, 'server.mjs')
    await build({
      entryPoints: ['test/real/children/server.ts'],
      ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' },
      logLevel: 'error',
    })
    const server = new ServerProcess(outfile, store)
    onTestFinished(() => server.kill())
    await server.start()
    return server
  }

  start(): Promise<void> {
    const env = { ...process.env, STORE: this.#store, PORT: `${this.port}` }
    const child = fork(this.#file, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#child = child
    return new Promise((resolve, reject) => {
      child.once('exit', (code, signal) => reject(new Error(`the server ended with ${code ?? signal}`)))
      child.on('message', (note: { port?: number; code?: string; message?: string }) => {
        if (note.code) this.troubles.push(`${note.code}: ${note.message}`)
        if (!note.port) return
        this.port = note.port
        resolve()
      })
    })
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child) return
    this.kills++
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

/** Serves the page of the tabs, which outlives every server. */
async function servePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['test/real/real.page.ts'],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', logLevel: 'error' },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'no search for ws',
        setup: ({ onResolve }) =>
          onResolve({ filter: /ws-node\.ts$/ }, () => ({ path: resolve('src/runtime/ws-browser.ts') })),
      },
    ],
  })
  const http = createServer(({ url }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript
        ? outputFiles[0]?.text
        : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    )
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
}

export interface Writing {
  /** Messages that the tabs were told to be done. */
  readonly told: number
  /** Resolves once so many are, or all. */
  until(told: number): Promise<void>
  readonly isOver: boolean
  /** By tab, once all are. */
  readonly result: Promise<Told[][]>
}

/** Three tabs that share an outbox, each on the next of the servers. */
export async function openTabs(ports: readonly number[]) {
  const url = await servePage()
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const context = await browser.newContext()
  const complaints: string[] = []
  let told = 0
  const wake: (() => void)[] = []
  await context.exposeBinding('report', () => {
    told++
    for (const each of wake.splice(0)) each()
  })
  const tabOf = (page: Page) => ({
    open: (...args: Parameters<Tab['open']>) =>
      page.evaluate((given) => (globalThis as never as { tab: Tab }).tab.open(...given), args),
    write: (...args: Parameters<Tab['write']>) =>
      page.evaluate((given) => (globalThis as never as { tab: Tab }).tab.write(...given), args),
  })
  const pages = await Promise.all(
    Array.from({ length: TABS }, async (_, index) => {
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(url)
      await page.waitForFunction(() => 'tab' in globalThis)
      const tab = tabOf(page)
      const isDurable = await tab.open('proof', ports, index)
      return { tab, isDurable }
    }),
  )
  return {
    complaints,
    areDurable: pages.every(({ isDurable }) => isDurable),
    write(messages: number): Writing {
      let isOver = false
      const shares = pages.map((_, tab) => Math.floor((messages + tab) / TABS))
      const result = Promise.all(pages.map(({ tab }, i) => tab.write(i, shares[i] as number, IN_HAND)))
      const over = result.finally(() => {
        isOver = true
        for (const each of wake.splice(0)) each()
      })
      over.catch(() => {})
      return {
        get told() {
          return told
        },
        get isOver() {
          return isOver
        },
        result: over,
        async until(wanted) {
          while (told < wanted && !isOver) await new Promise<void>((resolve) => wake.push(resolve))
        },
      }
    },
  }
}

/** Follows what the servers do, from the first message on, and resumes as any client would. */
export async function openReader(ports: readonly number[]) {
  let dials = ports.length - 1
  const session = new Session({
    url: () => `ws://127.0.0.1:${ports[dials++ % ports.length]}/`,
    WebSocket: WebSocket as never,
    ...{ baseDelay: 20, maxDelay: 200, maxRetries: Infinity, circuitBreaker: false, minUptime: 0 },
  })
  onTestFinished(() => void session.close())
  const heard: Done[] = []
  const offsets: number[] = []
  let resets = 0
  let wake: (() => void)[] = []
  await new Promise<void>((resolve) => {
    session.follow<Done>('log', {
      onEvent(data, { offset }) {
        heard.push(data)
        offsets.push(offset)
        for (const each of wake.splice(0)) each()
      },
      onReset: () => void resets++,
      onStatus: (status) => status === 'live' && resolve(),
    })
    session.connect().catch(() => {})
  })
  return {
    ...{ heard, offsets },
    get resets() {
      return resets
    },
    async until(count: number) {
      while (heard.length < count) await new Promise<void>((resolve) => wake.push(resolve))
      wake = []
    },
  }
}

/** What is wrong with a list of what was done, in the order it was done. */
export function verdictOn(done: readonly Done[], messages: number) {
  const seen = new Map<string, number>()
  for (const [, , tab, index] of done) seen.set(`${tab}/${index}`, (seen.get(`${tab}/${index}`) ?? 0) + 1)
  const lastOfTab = new Map<number, number>()
  const lastOfClient = new Map<string, number>()
  let outOfOrder = 0
  for (const [client, n, tab, index] of done) {
    if (n !== (lastOfClient.get(client) ?? 0) + 1 || index !== (lastOfTab.get(tab) ?? -1) + 1) outOfOrder++
    lastOfClient.set(client, n)
    lastOfTab.set(tab, index)
  }
  return {
    done: done.length,
    lost: messages - seen.size,
    twice: [...seen.values()].filter((times) => times > 1).length,
    outOfOrder,
    clients: lastOfClient.size,
  }
}

export const clean = (messages: number) => ({ done: messages, lost: 0, twice: 0, outOfOrder: 0, clients: 1 })
