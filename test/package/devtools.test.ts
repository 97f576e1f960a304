/**
 * The developer tools in what a user ships: an app with <WebSocketDevtools/> in its tree, bundled for production from the
 * packed package, holds no byte of them; bundled for development it holds all. Next.js and webpack: test/fixtures.
 */

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { allMarkers, markersIn } from '../support/devtools-markers.ts'

// A folder of its own: what is linked here must not appear to the tests of the package.
const folder = mkdtempSync(join(tmpdir(), 'devtools-'))
const packages = join(folder, 'node_modules')
mkdirSync(packages)
cpSync(
  join(inject('installation'), 'node_modules/react-websocket-reconnect'),
  join(packages, 'react-websocket-reconnect'),
  {
    recursive: true,
  },
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const link = () => {
  for (const name of ['react', 'react-dom', 'scheduler'])
    symlinkSync(resolve('node_modules', name), join(packages, name), 'junction')
}

const app = (devtools: string) => `
  import { createElement as h } from 'react'
  import { createRoot } from 'react-dom/client'
  import { useWebSocket, WebSocketProvider } from 'react-websocket-reconnect'
  import { createRequests } from 'react-websocket-reconnect/requests'
  import { Session } from 'react-websocket-reconnect/session'
  ${devtools}
  // They announce themselves in development as well.
  const session = new Session({ url: 'wss://example.com', outbox: { name: 'a' } })
  Object.assign(window, { session, rpc: createRequests(session.ws, { tag: String, idOf: () => 1 }) })
  const Badge = () => h('b', null, useWebSocket().state)
  createRoot(document.body).render(
    h(WebSocketProvider, { url: 'wss://example.com' }, h(Badge), h(WebSocketDevtools, { initialIsOpen: true })),
  )`
const withTools = app("import { WebSocketDevtools } from 'react-websocket-reconnect/devtools'")
const without = app('const WebSocketDevtools = () => null')
const forced = app("import { WebSocketDevtools } from 'react-websocket-reconnect/devtools/production'")

/** Everything that esbuild writes, each file of it. */
async function byEsbuild(contents: string, mode: 'production' | 'development', format: 'esm' | 'cjs' = 'esm') {
  const { outputFiles } = await esbuild({
    stdin: { contents, resolveDir: folder, loader: 'js' },
    ...{ bundle: true, write: false, minify: true, platform: 'browser', format: 'esm', logLevel: 'silent' },
    ...{ splitting: true, outdir: 'out', charset: 'utf8', mainFields: ['module', 'main'] },
    conditions: [mode, format === 'esm' ? 'import' : 'require'],
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
  })
  return outputFiles.map(({ text }) => text).join('\n')
}

async function byVite(contents: string, mode: 'production' | 'development') {
  const root = join(folder, `app-${mode}`)
  mkdirSync(root, { recursive: true })
  const input = join(root, 'main.js')
  writeFileSync(input, contents)
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = mode
  try {
    const result = await vite({
      ...{ root, mode, configFile: false, logLevel: 'silent' },
      build: { write: false, rolldownOptions: { input } },
    })
    const chunks = [result].flat().flatMap((output) => ('output' in output ? output.output : []))
    return chunks.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n')
  } finally {
    process.env.NODE_ENV = before
  }
}

describe('the recorder, without react', () => {
  it.each(['mjs', 'cjs'])('records and exports, from %s', (format) => {
    const names = ['core', 'testing', 'devtools/recorder']
    const load = (name: string) =>
      format === 'mjs'
        ? `await import('react-websocket-reconnect/${name}')`
        : `require('react-websocket-reconnect/${name}')`
    const program = `const [{ WebSocketReconnect }, { createWorld, replay }, { createRecorder }] = [${names.map(load)}]
      const world = createWorld()
      const client = new WebSocketReconnect(world.options())
      const recorder = createRecorder(client)
      client.connect()
      world.socket.accept()
      const phases = replay(recorder.export('jsonl')).map(({ after }) => after.phase)
      Promise.resolve(recorder.export('test')).then((code) => console.log(JSON.stringify([phases, /accept/.test(code)])))`
    writeFileSync(join(folder, `recorder.${format}`), program)
    const output = execFileSync(process.execPath, [`recorder.${format}`], { cwd: folder, encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual([['connecting', 'open'], true])
  })

  it('loading it touches nothing of the page and arms no timer', () => {
    const traps = ['window', 'document', 'navigator', 'WebSocket', 'performance']
    const trap = `for (const name of ${JSON.stringify(traps)})
      Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error(name + ' was touched') } })
      globalThis.setTimeout = Date.now = () => { throw new Error('the world was touched') }\n`
    writeFileSync(join(folder, 'quiet-recorder.cjs'), `${trap}require('react-websocket-reconnect/devtools/recorder')`)
    execFileSync(process.execPath, ['quiet-recorder.cjs'], { cwd: folder })
  })
})

describe.each([
  ['esbuild', byEsbuild],
  ['Vite', byVite],
] as const)('%s', (_, bundle) => {
  beforeAll(link)
  afterAll(() => {
    for (const name of ['react', 'react-dom', 'scheduler']) rmSync(join(packages, name))
  })

  it('in production, leaves nothing of <WebSocketDevtools/>: no word, no byte', async () => {
    const text = await bundle(withTools, 'production')
    expect(text).toContain('WebSocketReconnect: ')
    expect(markersIn(text)).toEqual([])
    const weight = (code: string) => gzipSync(code, { level: 9 }).length
    // A component that renders nothing, under another name.
    expect(weight(text) - weight(await bundle(without, 'production'))).toBeLessThan(16)
  })

  it('in development, brings all of it', async () => {
    expect(markersIn((await bundle(withTools, 'development')).replaceAll('`', '"'))).toEqual(allMarkers)
  })

  it('in production, brings it where it is asked for by name', async () => {
    const text = await bundle(forced, 'production')
    expect(markersIn(text)).toEqual(expect.arrayContaining(['panel-failed', '__websocketReconnect__']))
  })
})

it('a stub that nobody uses weighs nothing', async () => {
  expect(await byEsbuild("import 'react-websocket-reconnect/devtools'", 'production')).toBe('')
  expect(await byEsbuild("import { WebSocketDevtools } from 'react-websocket-reconnect/devtools'", 'production')).toBe(
    '',
  )
})

it('the recorder weighs at most 2 kB, what writes a test not counted, and the panel beside it at most 21.8 kB; the views of a session, which come when there is one, 3.2 kB', async () => {
  const files = async (entry: string, external: string[] = []) => {
    const { outputFiles } = await esbuild({
      stdin: { contents: `export * from 'react-websocket-reconnect/${entry}'`, resolveDir: folder },
      ...{ bundle: true, write: false, minify: true, platform: 'browser', format: 'esm', logLevel: 'silent' },
      ...{ splitting: true, outdir: 'out', conditions: ['development'], chunkNames: '[name]-[hash]' },
      external: ['react', 'react/jsx-runtime', ...external],
      define: { 'process.env.NODE_ENV': '"development"' },
    })
    // Without what is loaded only if it is asked for: the writer of tests, and the other language.
    return outputFiles.filter(({ path }) => !/as-test|words-zh/.test(path))
  }
  const isKept = ({ path }: { path: string }) => path.includes('kept-views')
  const weigh = (all: Awaited<ReturnType<typeof files>>) =>
    all.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  const recorder = weigh(await files('devtools/recorder'))
  expect(recorder).toBeLessThanOrEqual(2000)
  const all = await files('devtools')
  expect(weigh(all.filter((file) => !isKept(file))) - recorder).toBeLessThanOrEqual(21_800)
  expect(weigh(all.filter(isKept))).toBeLessThanOrEqual(3200)
})
