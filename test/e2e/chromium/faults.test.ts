/**
 * Faults as pages meet them, in a real Chromium: hidden, frozen and put-away tabs, offline, handshakes that wait for
 * each other, buffers that do not drain. Driven by the DevTools protocol alone.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../../support/certificate.ts'
import { FaultServer, type Visit } from '../../support/fault-server.ts'
import { Chromium, type Tab } from './devtools.ts'

let server: FaultServer
let pages: Awaited<ReturnType<typeof servePages>>
let browser: Chromium
let hidden: Awaited<ReturnType<typeof hide>>

beforeAll(async () => {
  ;[server, pages] = await Promise.all([FaultServer.open(), servePages()])
  ;[browser, hidden] = await Promise.all([Chromium.launch(), hide()])
})

afterAll(async () => {
  await Promise.all([browser?.close(), hidden?.browser.close()])
  await Promise.all([server?.close(), hidden?.server.close()])
  pages?.close()
})

/** A tab in front, with the lab in it. */
async function openLab(path = '/'): Promise<Tab> {
  server.forget()
  const tab = await browser.open(pages.origin + path)
  onTestFinished(() => tab.close())
  return tab
}

/** Connects the lab's client to paths of the fault server, or to whole addresses. */
async function connect(tab: Tab, paths: string | readonly string[], options: object = {}): Promise<void> {
  const at = (path: string) => (/^(\w+:|$)/.test(path) ? path : server.url(path))
  const urls = typeof paths === 'string' ? at(paths) : paths.map(at)
  await tab.run(`lab.connect(${JSON.stringify(urls)}, ${JSON.stringify(options)})`)
}

/** The attempt after so many retries may take its time: only those before are meant to time out. */
const patientAfter = (tab: Tab, retries: number) =>
  tab.run(`void lab.client.on('retry', ({ attempt }) => {
    if (attempt === ${retries}) lab.client.update({ connectTimeout: 100_000 })
  })`)
const until = (tab: Tab, fits: string) => tab.run(`lab.until(() => ${fits})`)
const opens = (tab: Tab, times: number) => until(tab, `lab.count('open') >= ${times}`)
/** What the client has told, without what its sockets said. */
const told = (tab: Tab) => tab.run<string[]>(`lab.told.filter((line) => /^(open|close|error|retry)/.test(line))`)
const raw = (tab: Tab) => tab.run<string[]>(`lab.told.filter((line) => line.startsWith('raw close'))`)

const isPing = ({ text }: { text: string }) => text === '{"type":"ping"}'

test('[F16] [F17] [F18] [F21] [F22] [F23] [F24] [F6] every refusal looks the same to a page, and is one counted failure', async () => {
  const tab = await openLab()
  const paths = ['/401', '/503', '/302', '/200', '/garbage', '/rst', '/wrongaccept', '/badproto', '/badext']
  await connect(tab, [...paths, '/ok'])
  await opens(tab, 1)
  const failures = paths.flatMap((_, n) => [
    'error HANDSHAKE_FAILED',
    'close 1006',
    `retry ${n + 1} in ${Math.min(5 * 2 ** n, 20)}`,
  ])
  expect(await told(tab)).toEqual([...failures, 'open'])
  expect(server.visits.map(({ path }) => path)).toEqual([...paths, '/ok'])
})

test('[F19] [F20] a handshake that hangs, whole or half, ends with connectTimeout, and its socket is closed', async () => {
  const tab = await openLab()
  await connect(tab, ['/hang', '/partial', '/ok'], { connectTimeout: 1000 })
  await patientAfter(tab, 2)
  await opens(tab, 1)
  expect((await told(tab)).filter((line) => line.startsWith('error'))).toEqual([
    'error CONNECT_TIMEOUT',
    'error CONNECT_TIMEOUT',
  ])
  for (const path of ['/hang', '/partial']) {
    const visit = await server.next(path)
    expect(await visit.ended()).toMatch(/fin|reset|closed/)
  }
})

test('[F27] Chromium lets a second handshake wait for a hung one; the connect timeout closes it, and the next goes out', async () => {
  const tab = await openLab()
  // First by hand: B waits for as long as A hangs.
  await tab.run(`void new WebSocket('${server.url('/hang')}')`)
  const hung = await server.next('/hang')
  await tab.run(`void new WebSocket('${server.url('/ok/by/hand')}')`)
  await tab.run(`fetch('${pages.origin}/lab.js').then((response) => response.text())`)
  expect(server.count('/ok/by/hand')).toBe(0)
  await tab.run('lab.sockets[0].close()')
  await hung.ended()
  await server.next('/ok/by/hand')
  // Now the client: it gives A up by itself, and B is at the server before anything else has to time out.
  await connect(tab, ['/hang', '/ok'], { connectTimeout: 1000 })
  await patientAfter(tab, 1)
  await opens(tab, 1)
  expect(await told(tab)).toEqual(['error CONNECT_TIMEOUT', 'close 1006', 'retry 1 in 5', 'open'])
})

test('[F2] [F3] a reset and a FIN are each one close with 1006, and a new connection', async () => {
  const tab = await openLab()
  await connect(tab, ['/rstafter', '/finafter', '/ok'])
  for (const n of [1, 2]) {
    await opens(tab, n)
    await tab.run(`lab.client.send('now')`)
  }
  await opens(tab, 3)
  expect(await told(tab)).toEqual(['open', 'close 1006', 'retry 1 in 5', 'open', 'close 1006', 'retry 2 in 10', 'open'])
})

test('[F9] a page that wants wss and finds no certificate to trust fails, and never falls back to ws', async () => {
  const secure = await FaultServer.open({ tls: selfSigned({ host: '127.0.0.1' }) })
  onTestFinished(() => secure.close())
  const tab = await openLab()
  await connect(tab, [secure.url('/ok'), server.url('/ok').replace('ws:', 'wss:'), '/ok'])
  await opens(tab, 1)
  expect((await told(tab)).filter((line) => line.startsWith('error'))).toEqual([
    'error HANDSHAKE_FAILED',
    'error HANDSHAKE_FAILED',
  ])
  expect(secure.visits).toEqual([])
  // Chromium tries older manners of TLS by itself, but never plain words.
  expect(new Set(server.visits.slice(0, -1).map(({ path }) => path))).toEqual(new Set(['(tls)']))
})

test('[F38] [F32] Chromium passes codes that do not exist as clean closes; the client retries all of them', async () => {
  const tab = await openLab()
  const codes = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000]
  await connect(tab, [...codes.map((code) => `/close/${code}`), '/closeempty', '/ok'])
  await opens(tab, codes.length + 2)
  const lines = (await told(tab)).filter((line) => /close|error/.test(line))
  expect(lines).toHaveLength(codes.length + 1)
  expect(lines.every((line) => line.startsWith('close'))).toBe(true)
  // What the platform said is what the user hears, with code or without.
  const platform = (await raw(tab)).map((line) => line.replace(/^raw | clean$/g, ''))
  expect(lines).toEqual(platform)
  expect(platform).toContain('close 999')
})

test('[F39] [F40] two close frames, or one without a FIN, are one close each', async () => {
  const tab = await openLab()
  await connect(tab, ['/closetwice', '/closenofin', '/ok'])
  await opens(tab, 3)
  expect((await told(tab)).filter((line) => line.startsWith('close'))).toHaveLength(2)
})

test('[F41] a peer deaf to our close is left after closeTimeout; Chromium alone would take a minute', async () => {
  const tab = await openLab()
  await connect(tab, ['/deaf', '/ok'], { closeTimeout: 200 })
  await opens(tab, 1)
  await tab.run('lab.client.close(4000)')
  await until(tab, `lab.client.state === 'CLOSED'`)
  expect(await tab.run('lab.sockets[0].readyState')).toBe(2)
  await tab.run('void lab.client.connect()')
  await opens(tab, 2)
  expect(await told(tab)).toEqual(['open', 'close 4000', 'open'])
})

test('[F47] [F48] [F49] [F50] broken frames deliver nothing and are one close with 1006 each', async () => {
  const tab = await openLab()
  const paths = [
    '/badutf8',
    '/closebadutf',
    '/masked',
    '/rsv',
    '/badopcode',
    '/fragping',
    '/bigping',
    '/orphan',
    '/huge',
    '/trunc',
  ]
  await connect(tab, [...paths, '/ok'])
  await opens(tab, paths.length + 1)
  const lines = (await told(tab)).filter((line) => /close|error/.test(line))
  expect(lines).toEqual(paths.map(() => 'close 1006'))
  expect(await tab.run('lab.messages')).toEqual([])
})

test('[F51] [F53] a dribbled frame is one message, and binaryType is applied to every socket', async () => {
  const tab = await openLab()
  await connect(tab, ['/dribble', '/bin', '/emptybin'], { binaryType: 'arraybuffer' })
  for (const n of [1, 2]) {
    await until(tab, `lab.messages.length === ${n}`)
    await tab.run('lab.client.reconnect()')
  }
  await until(tab, 'lab.messages.length === 3')
  expect(
    await tab.run(`lab.messages.map((data) => typeof data === 'string' ? data : [...new Uint8Array(data)])`),
  ).toEqual(['one message, byte by byte: ü€😀', [0, 1, 127, 128, 255], []])
})

test('[F54] 10,000 messages in one write all reach the listener, in order', async () => {
  const tab = await openLab()
  await connect(tab, '/burst/10000')
  await until(tab, 'lab.messages.length === 10000')
  expect(await tab.run('lab.messages.every((data, n) => data === String(n))')).toBe(true)
})

test('[F12] a slow upload drains before our eyes and is not taken for a dead line', async () => {
  const tab = await openLab()
  await connect(tab, '/sip/5', { heartbeatInterval: 100, heartbeatTimeout: 5000, queue: { maxBytes: 2 ** 26 } })
  await opens(tab, 1)
  const visit = await server.next()
  await tab.run(`for (let i = 0; i < 12; i++) lab.client.send(new Uint8Array(1024 * 1024)); lab.client.send('the end')`)
  await visit.frame(({ text }) => text === 'the end')
  expect(await told(tab)).toEqual(['open'])
})

test('[F70] before a stalled peer bufferedAmount stays, the queue fills, and the heartbeat gives the line up', async () => {
  const tab = await openLab()
  await connect(tab, ['/stall', '/ok'], { heartbeatInterval: 400, heartbeatTimeout: 400, queue: { maxBytes: 2 ** 26 } })
  await opens(tab, 1)
  const { bufferedAmount, queuedMessages } = await tab.run<{ bufferedAmount: number; queuedMessages: number }>(
    'for (let i = 0; i < 32; i++) lab.client.send(new Uint8Array(1024 * 1024)); lab.client.getStats()',
  )
  expect(bufferedAmount).toBeGreaterThan(2 ** 20)
  expect(bufferedAmount).toBeLessThan(4 * 2 ** 20)
  expect(queuedMessages).toBeGreaterThan(25)
  await until(tab, `lab.count('error HEARTBEAT_TIMEOUT')`)
  // The platform's own buffer is as full as it was: the ping is in it, too.
  expect(await tab.run('lab.sockets[0].bufferedAmount')).toBeGreaterThan(2 ** 20)
  await opens(tab, 2)
  expect(await tab.run(`lab.told.filter((line) => line.startsWith('drop'))`)).toEqual([])
})

test('[F62] offline that lies closes nothing: one ping is answered, and the connection lives on', async () => {
  const tab = await openLab()
  await tab.send('Network.enable')
  await connect(tab, '/ok', { heartbeatInterval: 60_000, heartbeatTimeout: 3000 })
  await opens(tab, 1)
  const visit = await server.next('/ok')
  await offline(tab, true)
  await until(tab, `lab.count('offline')`)
  await offline(tab, false)
  await visit.frame(isPing)
  await until(tab, `lab.count('online') && lab.messages.length`)
  expect(await told(tab)).toEqual(['open'])
})

test('[F62] [F14] offline for real is found by that ping, and online brings a new connection before its time', async () => {
  const tab = await openLab()
  await tab.send('Network.enable')
  await connect(tab, '/ok', { heartbeatInterval: 60_000, heartbeatTimeout: 300, maxDelay: 60_000 })
  await opens(tab, 1)
  await offline(tab, true)
  await until(tab, `lab.count('close 1006')`)
  await offline(tab, false)
  const asked = Date.now()
  await opens(tab, 2)
  expect(Date.now() - asked).toBeLessThan(60_000)
  expect(await told(tab)).toEqual(['open', 'error HEARTBEAT_TIMEOUT', 'close 1006', 'retry 1 in 60000', 'open'])
  expect(await tab.run('lab.client.getStats().circuitFailures')).toBe(0)
})

test('[F61] a frozen tab loses its socket, blames nobody, and is back when it thaws', async () => {
  const tab = await openLab()
  await connect(tab, '/ok', { heartbeatInterval: 60_000 })
  await opens(tab, 1)
  await tab.send('Page.setWebLifecycleState', { state: 'frozen' })
  await tab.send('Page.setWebLifecycleState', { state: 'active' })
  await opens(tab, 2)
  const lines = await tab.run<string[]>('lab.told')
  expect(lines.indexOf('freeze')).toBeLessThan(lines.indexOf('close 1006'))
  expect(await tab.run('[lab.client.getStats().circuitFailures, lab.client.getStats().connections]')).toEqual([0, 2])
})

test('[F61] a tab back from the cache shows an open socket that is dead; the client does not believe it', async () => {
  const tab = await openLab()
  await connect(tab, '/ok', { heartbeatInterval: 60_000 })
  await opens(tab, 1)
  const visit = await server.next('/ok')
  await tab.visit(`${pages.origin}/?elsewhere`)
  await tab.run('history.back()')
  await tab.arrived(`${pages.origin}/`)
  await opens(tab, 2)
  expect(await visit.frame(({ opcode }) => opcode === 8)).toMatchObject({ code: 1001 })
  const lines = await tab.run<string[]>('lab.told')
  expect(lines).toContain('pagehide persisted, socket 1')
  expect(lines).toContain('pageshow persisted, socket 1')
  expect(lines.filter((line) => line.startsWith('close'))).toEqual(['close 1006'])
  expect(await tab.run('[lab.client.getStats().circuitFailures, lab.client.getStats().connections]')).toEqual([0, 2])
})

for (const [fault, path, address] of [
  // Chromium says `error` and nothing more, not even close.
  ['a policy that forbids the connection', '/?policy=connect-src%20%27none%27', '/ok'],
  ['a blocked port', '/', 'ws://127.0.0.1:1/'],
] as const) {
  test(`[F64] ${fault} is a failed attempt, counted at once, and never an uncaught exception`, async () => {
    const tab = await openLab(path)
    await connect(tab, address, { circuitBreaker: { failureThreshold: 3 } })
    await until(tab, `lab.client.state === 'BLOCKED'`)
    const failed = ['error HANDSHAKE_FAILED', 'close 1006']
    expect(await told(tab)).toEqual([...failed, 'retry 1 in 5', ...failed, 'retry 2 in 10', ...failed])
    expect(await tab.run(`lab.told.filter((line) => line.startsWith('un'))`)).toEqual([])
    expect(server.visits).toEqual([])
  })
}

test('[F64] [F65] a relative url is resolved against the page, and an http one becomes ws', async () => {
  const tab = await openLab()
  await tab.run(`lab.connect('socket?a=1')`)
  expect(await tab.run('lab.client.url')).toBe(`${pages.origin.replace('http', 'ws')}/socket?a=1`)
  await tab.run('lab.client.close()')
  await connect(tab, server.url('/ok').replace('ws:', 'http:'))
  await opens(tab, 1)
  expect(server.count('/ok')).toBe(1)
})

test('[F58] a hidden tab whose timers run once a minute keeps its connection', async () => {
  const { tab, beats } = hidden
  const gap = await beats
  expect(gap).toBeGreaterThan(10_000)
  // The tab still answers to us: messages and the protocol are not throttled.
  expect(await tab.run('document.visibilityState')).toBe('hidden')
  expect(await told(tab)).toEqual(['open'])
  expect(await tab.run('lab.client.state')).toBe('OPEN')
  console.log(`hidden tab: ${Math.round(gap / 1000)} s between two pings that are 2 s apart in front`)
})

/** A tab with a quick heartbeat, hidden in a browser of its own; `beats` resolves with the first gap that shows throttling. */
async function hide() {
  const quiet = await FaultServer.open()
  const throttled = await Chromium.launch(['--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10'])
  const tab = await throttled.open(`${pages.origin}/`)
  await tab.run(`lab.connect('${quiet.url('/ok')}', { heartbeatInterval: 2000, heartbeatTimeout: 1000 })`)
  await opens(tab, 1)
  await throttled.open(`${pages.origin}/?in-front`)
  const beats = longGap(await quiet.next('/ok'))
  // Where another test has failed, nobody may ask for it any more.
  beats.catch(() => {})
  return { browser: throttled, tab, beats, server: quiet }
}

async function longGap(visit: Visit): Promise<number> {
  let last = Date.now()
  for (;;) {
    await visit.frame(isPing)
    const gap = Date.now() - last
    if (gap > 10_000) return gap
    last = Date.now()
  }
}

const offline = (tab: Tab, is: boolean) =>
  tab.send('Network.emulateNetworkConditions', {
    offline: is,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })

/** A page with the lab, under any path; `policy` in the query becomes its content security policy. */
async function servePages() {
  const { outputFiles } = await build({
    entryPoints: [new URL('lab.page.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
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
  const script = outputFiles[0]?.text
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page.test')
    if (pathname === '/lab.js') return response.setHeader('content-type', 'text/javascript').end(script)
    const policy = searchParams.get('policy')
    if (policy) response.setHeader('content-security-policy', policy)
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>lab</title><script src="/lab.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  }
}
