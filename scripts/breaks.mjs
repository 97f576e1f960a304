/**
 * Breaks the engine on purpose, one line at a time, and checks that a test citing that rule turns red.
 * `npm run test:breaks [R4 R9 …]`. Edits no file: each break is made while the module loads.
 */

import { readFileSync } from 'node:fs'
import { startVitest } from 'vitest/node'

/** Rule, file in src/, what stands there, what stands there when broken. */
const breaks = [
  [
    'R1',
    'lifecycle.ts',
    "if (phase === 'idle' || phase === 'waiting') return 'CLOSED'",
    "if (phase === 'idle') return 'CLOSED'",
  ],
  ['R2', 'line.ts', 'this.over = true', 'this.over = false'],
  ['R3', 'liveness.ts', 'return [next, release, ...effects]', 'return [next, ...effects]'],
  ['R4', 'backoff.ts', 'Math.min(high, cap) - low', 'high - low'],
  ['R5', 'attempt.ts', 'event.now >= state.openedAt + limits.minUptime)', 'true)'],
  ['R6', 'attempt.ts', 'before.retryCount >= limits.maxRetries', 'before.retryCount > limits.maxRetries'],
  ['R7', 'attempt.ts', 'if (!proven && !excused) circuit =', 'if (!proven) circuit ='],
  ['R8', 'circuit-breaker.ts', 'Math.min(circuit.failures + 1,', 'Math.min(circuit.failures + 2,'],
  ['R9', 'circuit-breaker.ts', 'halfOpenAt: now + duration,', 'halfOpenAt: now + duration + 1,'],
  ['R10', 'circuit-breaker.ts', 'random * limits.resetJitter * limits.resetTimeout', 'random * limits.resetTimeout'],
  ['R11', 'circuit-breaker.ts', 'limits.failureThreshold - 1', 'limits.failureThreshold - 2'],
  ['R12', 'close-codes.ts', 'code !== 4408', 'code !== 4407'],
  ['R13', 'lifecycle.ts', "'circuit opened'", "'opened'"],
  ['R14', 'websocket-reconnect.ts', 'this.bufferedAmount < this.#bufferedAtPing', 'false'],
  ['R15', 'lifecycle.ts', 'Math.min(state.until, now + Math.round(random * 1000))', 'state.until'],
  ['R16', 'outlet.ts', 'this.#queue.restore(next)', 'void next'],
  ['R17', 'emitter.ts', 'this.#onThrow(thrown, type)', 'throw thrown'],
  [
    'R18',
    'websocket-reconnect.ts',
    'new WebSocketReconnectError(code, text, earlier ?',
    'new WebSocketReconnectError(code, text, !earlier ?',
  ],
  ['R19', 'url.ts', ".replace(/[?#][^]*$/, '?…')", ''],
  ['R20', 'websocket-reconnect.ts', 'this.#guard(stop)', 'void stop'],
  ['R21', 'websocket-reconnect.ts', 'event.timeStamp || this.#clock.monotonic()', 'this.#clock.monotonic()'],
  ['R22', 'url.ts', '^(?:ws|http)(s?:)', '^(?:ws)(s?:)'],
  ['R23', 'line.ts', 'this.socket?.close(1000, reason)', 'void reason'],
  ['R24', 'lifecycle.ts', 'reconnect: dialNow', 'reconnect: stop'],
  ['R25', 'attempt.ts', "...(why ? [{ do: 'error', failure: why } as const] : []),", ''],
  ['R26', 'snapshot.ts', 'if (!Object.is(', 'if (Object.is('],
  ['R27', 'departure.ts', "{ do: 'drop', reason: 'url-changed' }, ...parting", '...parting'],
  ['R28', 'line.ts', 'new Constructor(address, names, websocketOptions)', 'new Constructor(address, names)'],
]

const wanted = process.argv.slice(2)
let caught = 0
let missed = 0
for (const [rule, file, from, to] of breaks) {
  if (wanted.length && !wanted.includes(rule)) continue
  const path = new URL(`../src/${file}`, import.meta.url)
  if (!readFileSync(path, 'utf8').includes(from)) {
    console.log(`${rule}  the line to break is gone from src/${file}: ${from}`)
    missed++
    continue
  }
  const vitest = await startVitest(
    'test',
    ['test/core/rules'],
    {
      root: new URL('..', import.meta.url).pathname,
      config: false,
      watch: false,
      include: ['test/core/rules/**/*.test.ts'],
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
          transform: (code, id) => (id.endsWith(`/src/${file}`) ? code.replace(from, () => to) : undefined),
        },
      ],
    },
  )
  const red = [...vitest.state.getTestModules()].flatMap((module) => [...module.children.allTests('failed')])
  const [first] = red
  await vitest.close()
  if (first) caught++
  else missed++
  console.log(`${rule.padEnd(4)} ${first ? 'red  ' : 'GREEN'} src/${file}: ${from} → ${to || '(nothing)'}`)
  if (first) console.log(`           ${red.length} red, first: ${first.name}`)
}
process.exitCode = missed ? 1 : 0
console.log(`${caught} passed, ${missed} failed`)
