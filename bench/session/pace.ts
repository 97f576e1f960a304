/** Owns the question how many sends a second are acknowledged, ours and socket.io's in turn, over the same line. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { launchChromium } from '../../scripts/chromium.ts'
import { start } from './process.ts'

export interface Contender {
  readonly name: string
  /** What is true when it has been acknowledged. */
  readonly promise: string
  /** Messages: on loopback, and on a line that takes its time. */
  readonly counts: readonly [near: number, far: number]
  readonly server: 'memory' | 'sqlite' | 'socket.io'
  readonly writer: string
}

const ONCE = 'once, in order, across restarts of '
export const contenders: readonly Contender[] = [
  { name: 'Session, Node', promise: `${ONCE}the line`, counts: [20_000, 10_000], server: 'memory', writer: 'session' },
  {
    name: 'Session, Node, SQLite',
    promise: `${ONCE}line and server`,
    counts: [20_000, 10_000],
    server: 'sqlite',
    writer: 'session',
  },
  {
    name: 'Session, Chromium with IndexedDB, SQLite',
    promise: `${ONCE}page, line and server`,
    counts: [5000, 5000],
    server: 'sqlite',
    writer: 'chromium',
  },
  {
    name: 'socket.io `retries`',
    promise: 'at least once, in order, kept in the page’s memory; the server stores nothing',
    counts: [5000, 300],
    server: 'socket.io',
    writer: 'retries',
  },
  {
    name: 'socket.io `emitWithAck`, 32 at a time',
    promise: 'at most once; nothing is stored',
    counts: [20_000, 10_000],
    server: 'socket.io',
    writer: 'emitWithAck',
  },
  {
    name: 'socket.io `emitWithAck`, one after the other',
    promise: 'at most once; nothing is stored',
    counts: [5000, 300],
    server: 'socket.io',
    writer: 'emitWithAck in turn',
  },
]

async function inChromium(url: string, count: number): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: ['bench/session/pace.page.ts'],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', logLevel: 'error', minify: true },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'no search for ws',
        setup: ({ onResolve }) =>
          onResolve({ filter: /ws-node\.ts$/ }, () => ({ path: resolve('src/runtime/ws-browser.ts') })),
      },
    ],
  })
  const http = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'))
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '', type: 'module' })
    await page.waitForFunction(() => 'pace' in globalThis)
    return await page.evaluate(
      ([url, count]) => (globalThis as never as { pace(url: string, count: number): Promise<number> }).pace(url, count),
      [url, count] as const,
    )
  } finally {
    await browser.close()
    http.closeAllConnections()
    http.close()
  }
}

/** Sends per second: on loopback, and over a line of `delay` ms each way. */
export async function measurePace(contender: Contender, folder: string, delay: number, share: number) {
  const { server: kind, writer } = contender
  const found: number[] = []
  for (const [index, full] of contender.counts.entries()) {
    const count = Math.ceil(full * share)
    const server = await start('server', { KIND: kind, FILE: join(folder, `${Math.random()}.db`) })
    const line = index ? await start('line', { TO: `${server.first}`, DELAY: `${delay}` }) : undefined
    const port = line?.first ?? server.first
    try {
      if (writer === 'chromium') found.push(await inChromium(`ws://127.0.0.1:${port}`, count))
      else {
        const scheme = kind === 'socket.io' ? 'http' : 'ws'
        const part = await start('writer', { KIND: writer, URL: `${scheme}://127.0.0.1:${port}`, COUNT: `${count}` })
        found.push(part.first)
        await part.kill()
      }
    } finally {
      await line?.kill()
      await server.kill()
    }
  }
  return found as [near: number, far: number]
}
