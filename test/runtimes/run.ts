/**
 * Owns `npm run test:runtimes`: the packed core runs the requirement's quick start and lives through a server restart, on
 * every Node that is promised, from CommonJS and from ESM, with `ws` and with the global WebSocket where there is one; and the
 * server's stores keep what every store must.
 * Time and sockets are real.
 */

import { execFile, execFileSync, fork, spawn } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { promisify } from 'node:util'
import { TestServer } from '../support/echo-server.ts'
import { install } from '../support/installation.ts'
import { fetchNodes } from '../support/nodes.ts'
import { snippet } from '../support/requirements-document.ts'

const VERSIONS = ['14.21.3', '16.20.2', '18.20.8', '20.20.2', '22.23.3', '24.21.0', '26.10.0']
const PATIENCE = 30_000

const theirImport = "const { WebSocketReconnect } = require('./scripts/websocket-reconnect.js');\n"
const ourImport = {
  cjs: "const { WebSocketReconnect } = require('react-websocket-reconnect/core')\n",
  mjs: "import { WebSocketReconnect } from 'react-websocket-reconnect/core'\n",
}
/** Lets the test say when it is over; the last line of the snippet is a comment that does the same. */
const ending = "\nprocess.once('message', () => { ws.close(); process.disconnect() })\n"

type Format = keyof typeof ourImport

/** Runs one program on one Node through the whole story; throws what went wrong, with all it printed. */
async function live(
  node: string,
  file: string,
  cwd: string,
  server: TestServer,
  withoutGlobal: boolean,
): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: '', ...(withoutGlobal && { WITHOUT_GLOBAL: '1' }) }
  const execArgv = ['--require', join(import.meta.dirname, 'prelude.cjs'), '--unhandled-rejections=strict']
  const child = fork(file, { cwd, execPath: node, execArgv, env, silent: true })
  let output = ''
  let look = () => {}
  const hear = (chunk: Buffer) => {
    output += chunk
    look()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  const limit = new AbortController()

  /** Waits for a line, and forgets everything up to it. */
  const printed = async (text: string): Promise<void> => {
    for (;;) {
      const at = output.indexOf(text)
      if (at >= 0) {
        output = output.slice(at + text.length)
        return
      }
      await new Promise<void>((resolve) => {
        look = resolve
      })
    }
  }
  const story = async (): Promise<void> => {
    const peer = await server.peer()
    await printed('✅ Connected')
    const heard = await peer.heard()
    if (heard !== '{"type":"subscribe","channel":"updates"}') throw new Error(`the server heard ${heard}`)
    peer.socket.send('first news')
    await printed('📨 Message: first news')

    await server.close()
    await printed('❌ Closed: 1006')
    await printed('🔄 Retry 1/10 in ')
    await pass(200)
    await server.open()
    const back = await server.peer()
    await printed('✅ Connected')
    back.socket.send('second news')
    await printed('📨 Message: second news')

    child.send('close')
    const { code } = await back.closed
    if (code !== 1000) throw new Error(`the server was left with ${code}`)
    await printed('❌ Closed: 1000')
    const status = await ended
    if (status !== 0) throw new Error(`the process ended with ${status}`)
    await printed(`dialled with ${withoutGlobal ? 'ws' : 'the global WebSocket'}`)
  }
  const died = ended.then(async (status) => {
    // What it said last may still be on its way.
    await pass(500)
    throw new Error(`the process ended with ${status}`)
  })
  const late = pass(PATIENCE, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`no end within ${PATIENCE / 1000} s`)
  })
  try {
    await Promise.race([story(), died, late])
  } catch (error) {
    throw new Error(`${(error as Error).message}; it printed:\n${output}`)
  } finally {
    limit.abort()
    late.catch(() => {})
    died.catch(() => {})
    child.kill('SIGKILL')
  }
}

/** Runs the GraphQL example against the real server, which needs a newer Node and so a process of its own. */
async function graphql(node: string, folder: string, choice: readonly string[]): Promise<void> {
  const file = join(folder, 'graphql.cjs')
  copyFileSync(join(import.meta.dirname, 'graphql.cjs'), file)
  const server = spawn(process.execPath, [join(import.meta.dirname, 'graphql-server.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.once('data', (line) => resolve(String(line).trim()))
      server.once('exit', (status) => reject(new Error(`the GraphQL server ended with ${status}`)))
    })
    await promisify(execFile)(node, [file, address, ...choice], { cwd: folder, timeout: PATIENCE })
  } finally {
    server.stdin.end()
  }
}

/** Holds the stores of the packed server against what every store must do; returns which there are on this Node. */
async function stores(node: string, folder: string): Promise<string> {
  const file = join(folder, 'stores.mjs')
  copyFileSync(join(import.meta.dirname, 'stores.mjs'), file)
  const flags = ['--unhandled-rejections=strict', '--no-warnings']
  const { stdout } = await promisify(execFile)(node, [...flags, file], { cwd: folder, timeout: PATIENCE })
  return stdout.trim()
}

/** Runs everything; returns whether all of it went well. */
export async function main(): Promise<boolean> {
  const nodes = fetchNodes(...VERSIONS)
  const folder = install()
  const quickStart = snippet('### 基础用法').replace(theirImport, '')
  const failures: string[] = []
  let passed = 0
  const attempt = async (version: string, node: string, format: Format, withoutGlobal: boolean): Promise<string> => {
    const server = await new TestServer().open()
    const name = `${version}-${withoutGlobal ? 'ws' : 'global'}.${format}`
    const address = quickStart.replace('wss://api.example.com', server.address)
    writeFileSync(join(folder, name), ourImport[format] + address + ending)
    const start = performance.now()
    try {
      await live(node, join(folder, name), folder, server, withoutGlobal)
      passed++
      return `${((performance.now() - start) / 1000).toFixed(1)} s`
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`)
      return 'FAILED'
    } finally {
      await server.close()
    }
  }

  const query = async (version: string, node: string, choice: readonly string[]): Promise<string> => {
    const start = performance.now()
    try {
      await graphql(node, folder, choice)
      passed++
      return `${((performance.now() - start) / 1000).toFixed(1)} s`
    } catch (error) {
      failures.push(`${version}, GraphQL ${choice}: ${(error as Error).message}`)
      return 'FAILED'
    }
  }

  const hold = async (version: string, node: string): Promise<string> => {
    try {
      const tried = await stores(node, folder)
      // Node has it without a flag from 22.13.
      if (Number.parseInt(version, 10) >= 22 && !tried.includes('node:sqlite'))
        throw new Error(`only ${tried} was there`)
      passed++
      return tried
    } catch (error) {
      failures.push(`${version}, stores: ${(error as Error).message}`)
      return 'FAILED'
    }
  }

  try {
    const columns = [
      'CommonJS, ws',
      'ESM, ws',
      'CommonJS, global',
      'ESM, global',
      'GraphQL, ws',
      'GraphQL, global',
      'stores',
    ]
    console.log(`| Node | ${columns.join(' | ')} |`)
    console.log(`|---|${columns.map(() => '---|').join('')}`)
    for (const [version, node] of nodes) {
      const probe = ['-p', 'process.version + " " + typeof WebSocket']
      const [is, type] = execFileSync(node, probe, { encoding: 'utf8' }).trim().split(' ')
      if (is !== `v${version}`) throw new Error(`expected Node ${version}, got ${is}`)
      const hasGlobal = type === 'function'
      const cells = await Promise.all([
        attempt(version, node, 'cjs', true),
        attempt(version, node, 'mjs', true),
        hasGlobal ? attempt(version, node, 'cjs', false) : 'has none',
        hasGlobal ? attempt(version, node, 'mjs', false) : 'has none',
        query(version, node, ['ws']),
        hasGlobal ? query(version, node, []) : 'has none',
        hold(version, node),
      ])
      console.log(`| ${version} | ${cells.join(' | ')} |`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  for (const failure of failures) console.error(`\n${failure}`)
  console.log(`\n${passed} passed, ${failures.length} failed`)
  return failures.length === 0
}
