/**
 * `npm run bench:devtools`: what the developer tools cost a page in development. Closed: ns per message. Open: 10,000 messages
 * a second for 10 s, in the list of messages and then through all views; the longest task by the thread's own clock, which a busy
 * machine does not stretch, and the memory that stays. Prints, and fails over a limit. `--quick` tries the bench itself.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { type WebSocket, WebSocketServer } from 'ws'
import { launchChromium } from '../../scripts/chromium.ts'
import type { Bench } from './page.ts'

const isQuick = process.argv.includes('--quick')
const SECONDS = isQuick ? 2 : 10
const PER_SECOND = 10_000
/** Ms between two portions of the flood. */
const PORTION = 10
const LIMITS = { ns: 200, task: 50, bytes: 30e6 }
const TABS = ['now', 'timeline', 'frames', 'queue', 'options', 'break', 'record']

async function bundle(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ['bench/devtools/page.ts'],
    ...{
      bundle: true,
      write: false,
      splitting: true,
      outdir: '/out',
      format: 'esm',
      platform: 'browser',
      minify: true,
    },
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
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

/** Sends what is due, as the clock has it: a server that is late catches up. */
function pour(socket: WebSocket): void {
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.min(SECONDS * PER_SECOND, ((performance.now() - began) / 1000) * PER_SECOND)
    for (; sent < due; sent++)
      socket.send(`{"type":"tick","symbol":"S${sent % 10}","n":${sent},"bid":101.25,"ask":101.5,"at":1709532000000}`)
    if (sent < SECONDS * PER_SECOND) return
    clearInterval(timer)
    socket.close(1000)
  }, PORTION)
}

const files = await bundle()
const http = createServer(({ url = '/' }, response) => {
  const html = '<!doctype html><title>bench</title><link rel="icon" href="data:,"><div id="root"></div>'
  const text = url === '/' ? `${html}<script type="module" src="/page.js"></script>` : files.get(url)
  response.writeHead(text ? 200 : 404, { 'content-type': url === '/' ? 'text/html' : 'text/javascript' }).end(text)
})
new WebSocketServer({ server: http }).on('connection', pour)
await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
const { port } = http.address() as AddressInfo
const browser = await launchChromium()

async function visit() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.waitForFunction(() => 'bench' in globalThis)
  const devtools = await page.context().newCDPSession(page)
  /** Bytes of the page's heap once nothing is left to collect. */
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  /** What the longest tasks took of the processor, ms, once they have been played. */
  const traced = async (play: () => Promise<void>) => {
    const found: TraceEvent[] = []
    const hear = ({ value }: { value: object[] }) => found.push(...(value as TraceEvent[]).filter(isMeant))
    devtools.on('Tracing.dataCollected', hear)
    await devtools.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'toplevel,__metadata' })
    await play()
    const complete = new Promise((done) => devtools.once('Tracing.tracingComplete', done))
    await devtools.send('Tracing.end')
    await complete
    const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
    const pages = new Set(found.filter(({ args }) => args.name === 'CrRendererMain').map(threadOf))
    const tasks = found.filter((event) => event.tdur && pages.has(threadOf(event)))
    if (!tasks.length) throw new Error('the trace holds no task')
    return tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a)
  }
  return { page, heap, traced }
}
const call = <K extends keyof Bench>(page: Page, name: K, ...args: Parameters<Bench[K]>) =>
  page.evaluate(
    ([name, args]) =>
      (globalThis as never as { bench: Record<string, (...args: unknown[]) => never> }).bench[name]?.(...args),
    [name, args] as const,
  ) as Promise<Awaited<ReturnType<Bench[K]>>>

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of the thread's own clock. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}
/** Which thread is which, and its tasks of more than a millisecond. */
const isMeant = ({ name, tdur = 0 }: TraceEvent) => name === 'thread_name' || (name.endsWith('RunTask') && tdur > 1000)

let failed = 0
const report = (what: string, value: number, limit: number, unit: string) => {
  if (value > limit) failed++
  console.log(`${what}: ${value.toFixed(1)} ${unit} (limit ${limit} ${unit}${value > limit ? ', OVER' : ''})`)
}

/** Three rounds, so that nobody is always first; the best of each. */
async function closed(): Promise<void> {
  const best = [Infinity, Infinity, Infinity, Infinity]
  for (let round = 0; round < (isQuick ? 1 : 3); round++) {
    for (const isThere of [false, true]) {
      const { page } = await visit()
      await call(page, 'tools', isThere)
      for (const [n, ns] of (await call(page, 'cost')).entries()) {
        const place = 2 * n + Number(isThere)
        best[place] = Math.min(best[place] as number, ns)
      }
      await page.close()
    }
  }
  const [without, received, alone, sent] = best as [number, number, number, number]
  console.log(`a message in: ${without.toFixed(0)} ns without, ${received.toFixed(0)} ns with the panel closed`)
  console.log(`a message out: ${alone.toFixed(0)} ns without, ${sent.toFixed(0)} ns with the panel closed`)
  report('more for a message in', received - without, LIMITS.ns, 'ns')
  report('more for a message out', sent - alone, LIMITS.ns, 'ns')
}

async function open(name: string, play: (page: Page) => Promise<void>, isThere = true): Promise<void> {
  const { page, heap, traced } = await visit()
  const before = await heap()
  await call(page, 'tools', isThere, true)
  let count = 0
  const [longest = 0] = await traced(async () => {
    const flood = call(page, 'flood', `ws://127.0.0.1:${port}/`)
    await play(page)
    count = await flood
  })
  const tasks = await call(page, 'longTasks')
  const bytes = (await heap()) - before
  await page.close()
  const stretched = `${tasks.length} over 50 ms by the clock on the wall`
  console.log(`${name}: ${count} messages in ${SECONDS} s; the longest task ${longest.toFixed(1)} ms, ${stretched}`)
  if (count !== SECONDS * PER_SECOND) failed++
  if (!isThere) return
  report(`${name}: the longest task`, longest, LIMITS.task, 'ms')
  report(`${name}: memory that stays`, bytes / 1e6, LIMITS.bytes / 1e6, 'MB')
}

try {
  console.log(`load ${loadavg().map((load) => load.toFixed(2))}, Chromium ${browser.version()}`)
  await closed()
  await open('no panel', async () => {}, false)
  await open('the list of messages', (page) => call(page, 'open', 'frames'))
  await open('all views', async (page) => {
    for (const tab of TABS) {
      await call(page, 'open', tab)
      await new Promise((done) => setTimeout(done, (SECONDS * 1000) / TABS.length))
    }
  })
  console.log(`load ${loadavg().map((load) => load.toFixed(2))}, ${failed} failed`)
} finally {
  await browser.close()
  http.closeAllConnections()
  http.close()
}
process.exitCode = failed ? 1 : 0
