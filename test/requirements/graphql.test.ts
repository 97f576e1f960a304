/**
 * Owns the promise that the requirement's GraphQL class runs as it is written, against a server that speaks its
 * messages, and that its calls run unchanged on our client against the real graphql-ws server (GraphQL, Done-when 2).
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { WebSocketServer } from 'ws'
import { TestServer } from '../support/echo-server.ts'
import { GraphQLTestServer } from '../support/graphql-server.ts'
import { snippet } from '../support/requirements-document.ts'
import { type Format, type Program, start } from './program.ts'

const theirClass = snippet('### GraphQL 订阅客户端')

/** The only lines that are not the document's: how its class is used, by the calls it declares. */
const usage = `
const client = new GraphQLSubscriptionClient('wss://api.example.com/graphql')
const tell = (name) => ({
  onData: (result) => console.log(name + ' data ' + JSON.stringify(result)),
  onError: (errors) => console.log(name + ' error ' + JSON.stringify(errors)),
  onComplete: () => console.log(name + ' complete'),
})
const stopNews = client.subscribe('subscription { said }', {}, tell('news'))
client.subscribe('subscription Count($to: Int!) { count(to: $to) }', { to: 2 }, tell('count'))
client.connect()
`
const ourImport: Record<Format, string> = {
  cjs: "const { GraphQLSubscriptionClient } = require('react-websocket-reconnect/graphql')\n",
  esm: "import { GraphQLSubscriptionClient } from 'react-websocket-reconnect/graphql'\n",
}

/** Resolves in the program once a figure of the stats is there. */
const known = (figure: string) =>
  `(async () => { while (client.ws.getStats().${figure} === null) await new Promise((look) => setImmediate(look)) })()`
const retryAnnounced = known('retryAt')

const open: { program?: Program; stop?: () => Promise<void> } = {}

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(`The program printed:\n${open.program?.output}`)
  open.program?.kill()
  await open.stop?.()
})

/** Takes any subprotocol, and answers connection_init as often as it comes; the test says the rest. */
function permissive(wss: WebSocketServer): void {
  wss.on('connection', (socket) => {
    socket.on('message', (data) => {
      if (JSON.parse(String(data)).type === 'connection_init') socket.send('{"type":"connection_ack"}')
    })
  })
}

describe.each<Format>(['cjs', 'esm'])('from %s', (format) => {
  it('the class as written: subscribes, hears, unsubscribes, beats, comes back with what is live', async () => {
    const server = await new TestServer(permissive).open()
    open.stop = () => server.close()
    const program = start(format, server.address, theirClass, usage)
    open.program = program
    const peer = await server.peer()
    const subscribe = (id: string, query: string, variables: object) =>
      JSON.stringify({ id, type: 'subscribe', payload: { query, variables } })
    const count = 'subscription Count($to: Int!) { count(to: $to) }'

    expect(peer.request.url).toBe('/graphql')
    expect(peer.request.headers['sec-websocket-protocol']).toBe('graphql-ws')
    await program.printed('✅ GraphQL WebSocket connected')
    expect(await peer.heard()).toBe(subscribe('1', 'subscription { said }', {}))
    expect(await peer.heard()).toBe(subscribe('2', count, { to: 2 }))

    peer.socket.send('{"id":"1","type":"next","payload":{"data":{"said":"hello"}}}')
    peer.socket.send('{"id":"2","type":"next","payload":{"data":{"count":1}}}')
    peer.socket.send('{"id":"2","type":"complete"}')
    await program.printed('news data {"data":{"said":"hello"}}')
    await program.printed('count data {"data":{"count":1}}')
    await program.printed('count complete')

    await program.advance(30_000)
    expect(await peer.heard()).toBe('{"type":"connection_init"}')
    await program.printed('GraphQL connection acknowledged')
    await program.advance(5_000)
    expect(await program.ask('client.ws.state')).toBe('OPEN')

    const stop = 'globalThis.stopLate = client.subscribe("{ late }", { a: 1 }, tell("late")), null'
    await program.ask(stop)
    expect(await peer.heard()).toBe(subscribe('3', '{ late }', { a: 1 }))
    peer.socket.send('{"id":"3","type":"error","payload":[{"message":"no"}]}')
    await program.printed('late error [{"message":"no"}]')
    await program.ask('stopLate()')
    expect(await peer.heard()).toBe('{"id":"3","type":"complete"}')

    peer.socket.terminate()
    await program.ask(retryAnnounced)
    await program.advanceToRetry('client.ws')
    const back = await server.peer()
    expect(await back.heard()).toBe(subscribe('1', 'subscription { said }', {}))
    await program.ask('stopNews()')
    expect(await back.heard()).toBe('{"id":"1","type":"complete"}')

    await program.ask('client.disconnect()')
    expect(await back.closed).toEqual({ code: 1000, reason: '' })
    expect(await program.end()).toBe(0)
  })

  it('the same calls on our client, against the real graphql-ws server', async () => {
    const server = await new GraphQLTestServer().open()
    open.stop = () => server.crash()
    const program = start(format, `ws://127.0.0.1:${server.port}`, ourImport[format], usage)
    open.program = program

    await server.journal.next('listening')
    server.say('hello')
    await program.printed('news data {"data":{"said":"hello"}}')
    await program.printed('count data {"data":{"count":1}}')
    await program.printed('count data {"data":{"count":2}}')
    await program.printed('count complete')

    await program.ask('client.subscribe("{ nope }", {}, tell("late")), null')
    await program.printed(/late error \[{"message":"Cannot query field/)

    // A heartbeat long: it is a ping, and it is answered.
    await program.advance(30_000)
    await program.ask(known('latency'))
    expect(await program.ask('client.ws.state')).toBe('OPEN')

    for (const socket of server.sockets) socket.terminate()
    await server.journal.next('silent')
    await program.ask(retryAnnounced)
    await program.advanceToRetry('client.ws')
    await server.journal.next('listening')
    expect(server.operations).toBe(1)
    server.say('hello again')
    await program.printed('news data {"data":{"said":"hello again"}}')

    await program.ask('stopNews()')
    await server.journal.next('silent')
    await program.ask('client.disconnect()')
    expect(await program.end()).toBe(0)
    expect(server.connections).toBe(0)
  })
})

it('[G36 runtimes] the example runs in a Node of its own, against the server in another process', async () => {
  const folder = inject('installation')
  const files = resolve('test/runtimes')
  const server = spawn(process.execPath, [join(files, 'graphql-server.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  open.stop = async () => void server.kill()
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  // Beside the packed package, so that this is what it finds.
  cpSync(join(files, 'graphql.cjs'), join(folder, 'graphql.cjs'))
  const node = process.env.SNIPPET_NODE || process.execPath
  const program = spawn(node, ['graphql.cjs', String(line).trim()], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [[printed], [code]] = await Promise.all([once(program.stdout, 'data'), once(program, 'exit')])
  expect(String(printed)).toMatch(/^GraphQL runs on Node v\d+/)
  expect(code).toBe(0)
})
