/**
 * Faults of real networks, by the kernel's own means: dropped and rejected packets, a pulled link, loss, a thin line,
 * killed sockets. Runs in a network namespace of its own (`npm run test:netns`, Linux, root), so that nothing outside
 * it is touched, and is no part of `npm test`, which has a loopback equivalent for each line.
 */

import { execFileSync } from 'node:child_process'
import { afterEach, expect } from 'vitest'
import { faultServer, makeWireTest } from '../support/wire.ts'

const server = faultServer()
const wireTest = makeWireTest(server)

const sh = (command: string) => execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: 'pipe' })
/** One rule for all packets to or from the server. */
const rule = (action: string, match = '') =>
  sh(`iptables -A INPUT -p tcp --dport ${server().port} ${match} -j ${action}`)
const heal = () => sh('iptables -F; tc qdisc del dev lo root 2>/dev/null; ip link set lo up')

afterEach(heal)

const beating = { heartbeatInterval: 50, heartbeatTimeout: 150, maxDelay: 100 }

wireTest(
  '[F1] packets that vanish both ways: the heartbeat finds out, and the client is back when they pass',
  async ({ wireClient }) => {
    const { client, log, seen } = wireClient('/ok', { ...beating, connectTimeout: 300 })
    client.connect()
    await seen('latency')
    rule('DROP')
    sh(`iptables -A INPUT -p tcp --sport ${server().port} -j DROP`)
    await seen('error')
    expect(log.of('error')[0]?.code).toBe('HEARTBEAT_TIMEOUT')
    heal()
    await seen('open', 2)
  },
)

wireTest(
  '[F5] dropped SYNs run into connectTimeout, and the attempt after them goes through',
  async ({ wireClient }) => {
    rule('DROP', '--syn')
    const { client, log, seen } = wireClient('/ok', { connectTimeout: 200 })
    client.connect()
    await seen('error', 2)
    expect(log.of('error').map(({ code }) => code)).toEqual(['CONNECT_TIMEOUT', 'CONNECT_TIMEOUT'])
    heal()
    await seen('open')
  },
)

wireTest('[F7] a router that answers "host unreachable" is a fast failure', async ({ wireClient }) => {
  rule('REJECT --reject-with icmp-host-unreachable', '--syn')
  const { client, log, until } = wireClient('/ok', { circuitBreaker: { failureThreshold: 3 } })
  client.connect()
  await until(() => client.state === 'BLOCKED')
  expect(log.of('error').map(({ code }) => code)).toEqual(Array(3).fill('HANDSHAKE_FAILED'))
})

wireTest('[F10] a link that is pulled and plugged in again', async ({ wireClient }) => {
  const { client, log, seen } = wireClient('/ok', { ...beating, connectTimeout: 300 })
  client.connect()
  await seen('latency')
  sh('ip link set lo down')
  await seen('error')
  expect(log.of('error')[0]?.code).toBe('HEARTBEAT_TIMEOUT')
  heal()
  await seen('open', 2)
})

wireTest('[F11] with every third packet lost the heartbeat keeps its head', async ({ wireClient }) => {
  const { client, log, seen } = wireClient('/ok', { heartbeatInterval: 400, heartbeatTimeout: 3000 })
  client.connect()
  await seen('open')
  rule('DROP', '-m statistic --mode nth --every 3 --packet 0')
  await seen('latency', 8)
  expect(log.of('error')).toEqual([])
  expect(client.getStats().connections).toBe(1)
})

wireTest('[F12] a thin line carries an upload far longer than heartbeatTimeout', async ({ wireClient, server }) => {
  sh('sysctl -qw net.ipv4.tcp_wmem="4096 16384 65536"; sysctl -qw net.ipv4.tcp_rmem="4096 16384 65536"')
  sh('ip link set lo mtu 1500; tc qdisc add dev lo root tbf rate 2mbit burst 16kb latency 1s')
  const { client, log, seen } = wireClient('/sip/1', {
    heartbeatInterval: 200,
    heartbeatTimeout: 1200,
    queue: { highWaterMark: 32 * 1024, maxBytes: Infinity },
  })
  client.connect()
  await seen('open')
  const visit = await server.next()
  for (let i = 0; i < 32; i++) client.send(new Uint8Array(16 * 1024))
  client.send('the end')
  await visit.frame(({ text }) => text === 'the end')
  expect(log.of('error')).toEqual([])
  expect(client.getStats().connections).toBe(1)
})

wireTest('[F15] a socket killed from outside is one close with 1006', async ({ wireClient, server }) => {
  const { client, log, seen } = wireClient('/ok')
  client.connect()
  await seen('open')
  sh(`ss -K dst 127.0.0.1 dport = ${server.port}`)
  await seen('open', 2)
  expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: true }])
})
