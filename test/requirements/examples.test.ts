/**
 * Owns the promise that the requirement's examples run as they are written: from CommonJS and from ESM, on the packed
 * package, against a real `ws` server, with only the import line and the address changed (Done-when 3).
 */

import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebSocketServer } from 'ws'
import { TestServer } from '../support/echo-server.ts'
import { requirement, snippet } from '../support/requirements-document.ts'
import { type Format, type Program, start } from './program.ts'

const quickStart = snippet('### 基础用法')
const fullConfiguration = snippet('### 完整配置示例')
const serverExample = snippet('### 服务器端要求')
const customHeartbeat = snippet('### 自定义心跳消息')
const circuitMonitoring = snippet('### 状态监控')
const manualControl = snippet('### 手动控制断路器')
const getStats = snippet('### 获取统计信息')
const chatClient = snippet('### 实时聊天客户端')
const graceful = snippet('### 4. 优雅关闭')

const open: { program?: Program; server?: TestServer } = {}

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(`The program printed:\n${open.program?.output}`)
  open.program?.kill()
  await open.server?.close()
})

async function serve(onConnection?: (wss: WebSocketServer) => void): Promise<TestServer> {
  const server = await new TestServer(onConnection).open()
  open.server = server
  return server
}

function run(format: Format, server: TestServer, ...snippets: string[]): Program {
  const program = start(format, server.address, ...snippets)
  open.program = program
  return program
}

it('tests the document itself: docs/requirements.md is the verbatim copy', () => {
  expect(createHash('sha256').update(requirement).digest('hex')).toBe(
    'ec5b28d6f336fbf05b599fb953850eed18b481d045285d834a77542759d336e3',
  )
})

describe.each<Format>(['cjs', 'esm'])('from %s', (format) => {
  it('quick start: connects, sends what was queued, hears, retries, closes, and lets the process end', async () => {
    const server = await serve()
    const program = run(format, server, quickStart)
    const peer = await server.peer()
    expect(peer.request.url).toBe('/socket')
    await program.printed('✅ Connected')
    expect(await peer.heard()).toBe('{"type":"subscribe","channel":"updates"}')

    peer.socket.send('first news')
    await program.printed('📨 Message: first news')

    peer.socket.close(1001, 'restarting')
    await program.printed('❌ Closed: 1001 restarting')
    const retry = await program.printed(/🔄 Retry 1\/10 in \d+ms/)
    expect(Number(/in (\d+)/.exec(retry)?.[1])).toSatisfy((ms: number) => ms >= 900 && ms <= 1100)

    await server.close()
    await program.advanceToRetry()
    await program.printed(/⚠️ Error: \S+/)
    await program.printed('❌ Closed: 1006')
    await program.printed(/🔄 Retry 2\/10 in (1[89]|2[012])\d\dms/)

    await server.open()
    await program.advanceToRetry()
    const back = await server.peer()
    await program.ask('ws.close()')
    expect(await back.closed).toEqual({ code: 1000, reason: '' })
    await program.printed('❌ Closed: 1000')
    expect(await program.end()).toBe(0)
  })

  it('full configuration: the header and the subprotocol reach the server', async () => {
    const server = await serve()
    const program = run(format, server, fullConfiguration)
    await Promise.all([program.ask('ws.connect()'), server.peer()]).then(([, peer]) => {
      expect(peer.request.headers.authorization).toBe('Bearer token123')
      expect(peer.request.headers['sec-websocket-protocol']).toBe('graphql-ws')
      expect(peer.socket.protocol).toBe('graphql-ws')
    })
    expect(await program.ask('ws.protocol')).toBe('graphql-ws')
  })

  it('server example: answers the default heartbeat, and the line stays open', async () => {
    const server = await serve(new Function('wss', serverExample) as (wss: WebSocketServer) => void)
    const program = run(format, server, fullConfiguration)
    await program.ask('ws.connect()')
    const peer = await server.peer()
    await program.ask(
      "globalThis.pong = new Promise((heard) => ws.once('message', (event) => heard(event.data))), null",
    )
    await program.advance(30_000)
    expect(await peer.heard()).toBe('{"type":"ping"}')
    expect(await program.ask('pong')).toBe('{"type":"pong"}')
    await program.advance(5_000)
    expect(await program.ask('ws.state')).toBe('OPEN')
  })

  it('custom heartbeat: the object goes out as JSON, and the answer is heard', async () => {
    const server = await serve()
    const program = run(format, server, customHeartbeat)
    await program.ask('ws.connect()')
    const peer = await server.peer()
    await program.advance(30_000)
    expect(await peer.heard()).toBe('{"cmd":"heartbeat"}')
    peer.socket.send('{"type":"pong"}')
    await program.printed('Heartbeat OK')
    await program.advance(5_000)
    expect(await program.ask('ws.state')).toBe('OPEN')
  })

  it('custom heartbeat: a server that answers no ping is left after 5 more seconds', async () => {
    const server = await serve()
    const program = run(format, server, customHeartbeat)
    await program.ask('ws.connect()')
    const peer = await server.peer()
    await program.ask(
      "ws.on('error', (error) => console.log(error.code)), ws.on('retry', () => console.log('retry')), null",
    )
    await program.advance(30_000)
    await peer.heard()
    await program.advance(4_999)
    expect(await program.ask('ws.state')).toBe('OPEN')
    await program.advance(2)
    await program.printed('HEARTBEAT_TIMEOUT')
    await program.printed('retry')
    await peer.closed
  })

  it('circuit monitoring: says OPEN when the server is gone, HALF-OPEN a minute later, CLOSED when it is back', async () => {
    const server = await serve()
    const program = run(format, server, fullConfiguration, circuitMonitoring)
    expect(await program.ask('circuitState')).toBe('CLOSED')
    await server.close()
    await program.ask("ws.on('retry', (info) => console.log(`retry ${info.attempt}`)), ws.connect(), null")
    for (let attempt = 1; attempt <= 4; attempt++) {
      await program.printed(`retry ${attempt}`)
      await program.advanceToRetry()
    }
    await program.printed('Circuit breaker state: OPEN')
    await program.printed('⚠️ Service temporarily unavailable')
    expect(await program.ask('ws.getCircuitState()')).toBe('OPEN')
    expect(await program.ask('ws.state')).toBe('BLOCKED')

    await server.open()
    await program.advance(60_000)
    await program.printed('Circuit breaker state: HALF-OPEN')
    await program.advanceToRetry()
    await server.peer()
    await program.printed('Circuit breaker state: CLOSED')
    expect(await program.ask('ws.state')).toBe('OPEN')
  })

  it('manual control: opening the circuit hangs up, closing it dials at once', async () => {
    const server = await serve()
    const program = run(format, server, fullConfiguration, circuitMonitoring)
    await program.ask('ws.connect()')
    const first = await server.peer()
    await program.ask(`${manualControl}; null`)
    await program.printed(/Circuit breaker state: OPEN[\s\S]*Circuit breaker state: CLOSED/)
    expect(await first.closed).toEqual({ code: 1000, reason: 'circuit opened' })
    await server.peer()
  })

  it('manual control: while the circuit is open nothing dials and the state is BLOCKED', async () => {
    const server = await serve()
    const program = run(format, server, fullConfiguration)
    await program.ask('ws.connect()')
    const [opening, closing] = manualControl.split(/^(?=ws\.closeCircuit)/m)
    await program.ask(`${opening}; null`)
    expect(await program.ask('[ws.state, ws.getCircuitState()]')).toEqual(['BLOCKED', 'OPEN'])
    await program.ask(`${closing}; null`)
    expect(await program.ask('ws.getCircuitState()')).toBe('CLOSED')
  })

  it('getStats: prints the eight fields', async () => {
    const server = await serve()
    const program = run(format, server, fullConfiguration)
    await program.ask('ws.connect()')
    await server.peer()
    await program.advance(15_000)
    await program.ask(`{${getStats}}; null`)
    const fields = [...getStats.matchAll(/^\/\/ {3}(\w+):/gm)].map((match) => match[1])
    expect(fields).toHaveLength(8)
    const printed = await program.printed(/^\{[\s\S]*?^\}/m)
    const shown = [...printed.matchAll(/^ {2}(\w+): (.*?),?$/gm)].map((match) => [match[1], match[2]])
    expect(shown.slice(0, 8)).toEqual([
      ['state', "'OPEN'"],
      ['circuitState', "'CLOSED'"],
      ['retryCount', '0'],
      ['maxRetries', '10'],
      ['circuitFailures', '0'],
      ['failureThreshold', '5'],
      ['lastActivity', expect.stringMatching(/^\d{13}$/)],
      ['uptime', '15000'],
    ])
    expect(shown.slice(0, 8).map(([name]) => name)).toEqual(fields)
  })

  it('ChatClient: goes online, prints what arrives, ignores pongs, sends only while connected', async () => {
    const server = await serve()
    const program = run(format, server, chatClient)
    const peer = await server.peer()
    expect(peer.request.url).toBe('/socket?user=user123')
    await program.printed('⚠️ Cannot send message: not connected')
    await program.printed('✅ Connected to chat server')
    expect(await peer.heard()).toBe('{"type":"online","userId":"user123"}')

    peer.socket.send('{"type":"pong"}')
    peer.socket.send('{"type":"chat","from":"Ada","content":"good morning"}')
    peer.socket.send('{"type":"system","content":"Grace joined"}')
    await program.printed('[Ada]: good morning')
    await program.printed('[System]: Grace joined')

    await program.ask("chat.sendMessage('Hello, world!')")
    expect(await peer.heard()).toBe('{"type":"chat","content":"Hello, world!"}')

    peer.socket.terminate()
    await program.printed('❌ Disconnected from chat server')
    await program.printed('🔄 Reconnecting... Attempt 1/10')
    await program.advanceToRetry('chat.ws')
    const back = await server.peer()
    expect(await back.heard()).toBe('{"type":"online","userId":"user123"}')

    await program.ask('chat.disconnect()')
    expect((await back.closed).code).toBe(1000)
    expect(await program.end()).toBe(0)
  })

  it('graceful close: code and reason arrive as given', async () => {
    const server = await serve()
    const program = run(format, server, fullConfiguration)
    await program.ask('ws.connect()')
    const peer = await server.peer()
    await program.ask(/^ws\.close.*$/m.exec(graceful)?.[0] as string)
    expect(await peer.closed).toEqual({ code: 1001, reason: 'Client shutting down' })
  })

  it.each(['### 1. 合理设置重试次数', '### 2. 心跳间隔选择', '### 3. 断路器阈值'])(
    'best practices: every line of "%s" is accepted',
    async (heading) => {
      const server = await serve()
      const lines = snippet(heading)
        .split('\n')
        .filter((line) => line && !line.startsWith('//'))
      expect(lines.length).toBeGreaterThan(1)
      const program = run(format, server)
      for (const line of lines)
        expect(await program.ask(`new WebSocketReconnect({ url: '${server.address}', ${line} }).state`)).toBe('CLOSED')
    },
  )
})
