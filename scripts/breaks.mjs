/**
 * Breaks the library on purpose, one line at a time, and checks that a test citing that rule turns red.
 * `npm run test:breaks [R4 R9 …]`. Edits no file: each break is made while the module loads.
 */

import { readFileSync } from 'node:fs'
import { startVitest } from 'vitest/node'

/** Rule, file, what stands there, what stands there when broken. */
const breaks = [
  [
    'R1',
    'src/lifecycle.ts',
    "if (phase === 'idle' || phase === 'waiting') return 'CLOSED'",
    "if (phase === 'idle') return 'CLOSED'",
  ],
  ['R2', 'src/line.ts', 'this.over = true', 'this.over = false'],
  ['R3', 'src/liveness.ts', 'return [next, release, ...effects]', 'return [next, ...effects]'],
  ['R4', 'src/backoff.ts', 'Math.min(high, cap) - low', 'high - low'],
  ['R5', 'src/attempt.ts', 'event.now >= state.openedAt + limits.minUptime)', 'true)'],
  ['R6', 'src/attempt.ts', 'before.retryCount >= limits.maxRetries', 'before.retryCount > limits.maxRetries'],
  ['R7', 'src/attempt.ts', 'proven || excused ? spendTrial', 'proven ? spendTrial'],
  ['R8', 'src/circuit-breaker.ts', 'Math.min(circuit.failures + 1,', 'Math.min(circuit.failures + 2,'],
  ['R9', 'src/circuit-breaker.ts', 'halfOpenAt: now + duration,', 'halfOpenAt: now + duration + 1,'],
  [
    'R10',
    'src/circuit-breaker.ts',
    'random * limits.resetJitter * limits.resetTimeout',
    'random * limits.resetTimeout',
  ],
  ['R11', 'src/circuit-breaker.ts', 'limits.failureThreshold - 1', 'limits.failureThreshold - 2'],
  ['R12', 'src/close-codes.ts', 'code !== 4408', 'code !== 4407'],
  ['R13', 'src/lifecycle.ts', "'circuit opened'", "'opened'"],
  ['R14', 'src/websocket-reconnect.ts', 'this.bufferedAmount < this.#bufferedAtPing', 'false'],
  ['R14', 'src/json-text.ts', '&& !Object.keys(value).length', '&& false'],
  ['R15', 'src/lifecycle.ts', 'Math.min(state.until, now + Math.round(random * 1000))', 'state.until'],
  ['R16', 'src/outlet.ts', 'this.#queue.restore(next)', 'void next'],
  ['R17', 'src/emitter.ts', 'this.#onThrow(thrown, type)', 'throw thrown'],
  [
    'R18',
    'src/websocket-reconnect.ts',
    'new WebSocketReconnectError(code, text, earlier ?',
    'new WebSocketReconnectError(code, text, !earlier ?',
  ],
  ['R19', 'src/url.ts', ".replace(/[?#][^]*$/, '?…')", ''],
  ['R20', 'src/websocket-reconnect.ts', 'this.#guard(stop)', 'void stop'],
  ['R21', 'src/websocket-reconnect.ts', 'event.timeStamp || this.#clock.monotonic()', 'this.#clock.monotonic()'],
  ['R22', 'src/url.ts', '^(?:ws|http)(s?:)', '^(?:ws)(s?:)'],
  ['R23', 'src/line.ts', 'this.socket?.close(1000, reason)', 'void reason'],
  ['R24', 'src/lifecycle.ts', 'reconnect: dialNow', 'reconnect: stop'],
  ['R25', 'src/attempt.ts', "why ? [{ do: 'error', failure: why }, ended] : [ended]", '[ended]'],
  ['R26', 'src/snapshot.ts', 'if (!Object.is(', 'if (Object.is('],
  ['R26', 'hooks/OwnedClient.ts', "wants(wish) ? 'connecting' : 'idle'", "'idle'"],
  ['R26', 'hooks/OwnedClient.ts', 'if (!this.#isDue || ', 'if (true || '],
  ['R27', 'src/departure.ts', "{ do: 'drop', reason: 'url-changed' }, ...parting", '...parting'],
  ['R28', 'src/line.ts', 'new Constructor(address, names, websocketOptions)', 'new Constructor(address, names)'],
  ['R29', 'hooks/useWebSocket.ts', 'client.retryNow()', 'client.connect()'],
  ['R30', 'hooks/OwnedClient.ts', "if (this.#plain().status.startsWith('clos')) this.prepare()", ''],
  ['R30', 'hooks/OwnedClient.ts', 'if (this.#isBehind) this.follow()', ''],
  ['R30', 'hooks/OwnedClient.ts', 'if (!isWanted) super.close()', 'if (!isWanted) return'],
  ['R31', 'hooks/hubOf.ts', 'mayTell = isBehind = isForgotten = false', 'isBehind = isForgotten = false'],
  ['R31', 'hooks/hubOf.ts', 'frame && frame.event', 'frame && frame.data'],
  ['R32', 'hooks/OwnedClient.ts', 'clearTimeout(this.#goodbye)', 'void 0'],
  ['R33', 'hooks/OwnedClient.ts', 'steady[name] ||', ''],
  ['R33', 'hooks/OwnedClient.ts', 'this.update(change, redial, true)', 'this.update(change, redial)'],
  ['R33', 'hooks/OwnedClient.ts', "name === 'protocols' && mayFail", 'false'],
  ['R34', 'hooks/useView.ts', '() => track(initial)', '() => track(look())'],
  ['R35', 'hooks/hubOf.ts', 'if (event !== heard)', 'if (true)'],
  ['R35', 'hooks/hubOf.ts', "if (typeof then !== 'function') return answer", 'return answer'],
  ['R36', 'hooks/useHub.ts', 'if (!client)', 'if (false)'],
  ['R37', 'hooks/hubOf.ts', 'isPong ? undefined : read(event)', 'read(event)'],
  ['R38', 'src/interactive.ts', 'maxRetries: Infinity', 'maxRetries: 10'],
]

const wanted = process.argv.slice(2)
let caught = 0
let missed = 0
for (const [rule, file, from, to] of breaks) {
  if (wanted.length && !wanted.includes(rule)) continue
  const path = new URL(`../${file}`, import.meta.url)
  if (!readFileSync(path, 'utf8').includes(from)) {
    console.log(`${rule}  the line to break is gone from ${file}: ${from}`)
    missed++
    continue
  }
  const isHook = file.startsWith('hooks/')
  const folder = isHook ? 'test/hooks' : 'test/core/rules'
  const vitest = await startVitest(
    'test',
    [folder],
    {
      root: new URL('..', import.meta.url).pathname,
      config: false,
      watch: false,
      environment: isHook ? 'jsdom' : 'node',
      include: [`${folder}/**/*.test.{ts,tsx}`],
      testNamePattern: `\\[${rule}\\]`,
      reporters: [{}],
      dangerouslyIgnoreUnhandledErrors: true,
    },
    {
      configFile: false,
      logLevel: 'silent',
      plugins: [
        {
          name: 'break',
          enforce: 'pre',
          transform: (code, id) => (id.endsWith(`/${file}`) ? code.replace(from, () => to) : undefined),
        },
      ],
    },
  )
  const red = [...vitest.state.getTestModules()].flatMap((module) => [...module.children.allTests('failed')])
  const [first] = red
  await vitest.close()
  if (first) caught++
  else missed++
  console.log(`${rule.padEnd(4)} ${first ? 'red  ' : 'GREEN'} ${file}: ${from} → ${to || '(nothing)'}`)
  if (first) console.log(`           ${red.length} red, first: ${first.name}`)
}
process.exitCode = missed ? 1 : 0
console.log(`${caught} passed, ${missed} failed`)
