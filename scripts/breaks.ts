/**
 * Breaks the library on purpose, one line at a time, and checks that a test citing that rule turns red.
 * `npm run test:breaks [R4 R9 …]`. Edits no file: each break is made while the module loads.
 */

import { readFileSync } from 'node:fs'
import { startVitest } from 'vitest/node'

/** Rule, file, what stands there, what stands there when broken. */
const breaks: [rule: string, file: string, from: string, to: string][] = [
  ['R1', 'src/machine/transitions.ts', "waiting: ['CLOSED', 'waiting']", "waiting: ['CONNECTING', 'waiting']"],
  ['R2', 'src/runtime/connection.ts', 'this.over = true', 'this.over = false'],
  ['R3', 'src/machine/connected.ts', 'return [next, release, ...effects]', 'return [next, ...effects]'],
  ['R4', 'src/policy/backoff.ts', 'Math.min(high, cap) - low', 'high - low'],
  ['R5', 'src/machine/connecting.ts', 'event.now >= state.openedAt + limits.minUptime)', 'true)'],
  [
    'R6',
    'src/machine/connecting.ts',
    'before.retryCount >= limits.maxRetries',
    'before.retryCount > limits.maxRetries',
  ],
  ['R6', 'src/machine/transitions.ts', 'const REVIVAL = 60_000', 'const REVIVAL = 600_000'],
  ['R7', 'src/machine/connecting.ts', 'proven || excused ? spendTrial', 'proven ? spendTrial'],
  ['R8', 'src/policy/circuit-breaker.ts', 'Math.min(circuit.failures + 1,', 'Math.min(circuit.failures + 2,'],
  ['R9', 'src/policy/circuit-breaker.ts', 'now >= circuit.halfOpenAt ?', 'now > circuit.halfOpenAt ?'],
  [
    'R10',
    'src/policy/circuit-breaker.ts',
    'random * limits.resetJitter * limits.resetTimeout',
    'random * limits.resetTimeout',
  ],
  ['R11', 'src/policy/circuit-breaker.ts', 'limits.failureThreshold - 1', 'limits.failureThreshold - 2'],
  ['R12', 'src/policy/close-policy.ts', 'code !== 4408', 'code !== 4407'],
  ['R12', 'src/policy/close-policy.ts', '(maxDelay * (1 + random)) / 2', 'maxDelay / 2'],
  ['R12', 'src/machine/connecting.ts', "answer === false ? 'stop' : 'retry'", 'limits.closeAction(close.code)'],
  ['R12', 'src/machine/connecting.ts', "typeof answer === 'number') delay", 'answer === -1) delay'],
  ['R12', 'src/machine/connecting.ts', "event.type === 'timeout' && (phase", 'false && (phase'],
  ['R12', 'src/client.ts', 'answer >= 0)) return answer', 'answer > 0)) return answer'],
  ['R12', 'src/runtime/connection.ts', "this.#refuse('NO_URL', undefined, true)", "this.#refuse('NO_URL')"],
  ['R13', 'src/machine/transitions.ts', "'circuit opened'", "'opened'"],
  ['R14', 'src/runtime/sender.ts', '(this.#socket?.bufferedAmount || 0) < this.#bufferedAtPing', 'false'],
  ['R14', 'src/policy/json-text.ts', '&& !Object.keys(value).length', '&& false'],
  ['R14', 'src/client.ts', '!isVerdict || this.#verdictAt === until', 'true'],
  ['R14', 'src/client.ts', 'this.#ahead += early', 'void early'],
  ['R14', 'src/client.ts', "code === 'HEARTBEAT_TIMEOUT' && !this.#isPingHeard", "code === 'HEARTBEAT_TIMEOUT'"],
  ['R15', 'src/machine/transitions.ts', 'Math.min(state.until, momentSoon(event))', 'state.until'],
  ['R15', 'src/machine/transitions.ts', 'wake: unblock({}),', ''],
  ['R15', 'src/policy/circuit-breaker.ts', "=== 'OPEN' && !circuit.byHand ?", "=== 'OPEN' ?"],
  ['R15', 'src/policy/circuit-breaker.ts', 'hastened: true', 'hastened: false'],
  ['R15', 'src/machine/connected.ts', 'offline: false,', ''],
  ['R15', 'src/client.ts', 'this.#hiddenSince + this.#settings.hiddenTimeout', 'Infinity'],
  ['R16', 'src/runtime/sender.ts', 'queue.restore(next)', 'void next'],
  [
    'R16',
    'src/runtime/sender.ts',
    'socket.bufferedAmount > highWaterMark',
    '!(socket.bufferedAmount <= highWaterMark)',
  ],
  [
    'R16',
    'src/client.ts',
    "if (this.#sender.mode === 'open' && this.#sender.isOpen) this.#sender.flush(mark)",
    'if (false) void 0',
  ],
  ['R16', 'src/client.ts', 'this.#sender.flush(mark)', 'this.#sender.flush()'],
  ['R16', 'src/client.ts', 'if (isLoss) this.#rejectDrains', 'if (!isLoss) this.#rejectDrains'],
  ['R16', 'src/client.ts', 'this.#drainPollAt = this.#now() + DRAIN_POLL', 'this.#drainPollAt = Infinity'],
  ['R16', 'src/client.ts', 'if (isLeaving) isDirect = false', ''],
  ['R17', 'src/runtime/emitter.ts', 'this.#onThrow(thrown, type)', 'throw thrown'],
  [
    'R18',
    'src/client.ts',
    'new WebSocketReconnectError(code, text, earlier ?',
    'new WebSocketReconnectError(code, text, !earlier ?',
  ],
  ['R18', 'src/client.ts', "code === 'URL_PROVIDER_FAILED' && cause", 'false'],
  ['R19', 'src/policy/url.ts', ".replace(/[?#][^]*$/, '?…')", ''],
  ['R20', 'src/client.ts', 'this.#guard(stop)', 'void stop'],
  ['R20', 'src/client.ts', "this.#state.phase === 'closing' || this.#isAskedToClose()", 'this.#isAskedToClose()'],
  ['R20', 'src/client.ts', 'if (!this.#isAskedToClose()) this.#emitter.emit', 'this.#emitter.emit'],
  ['R20', 'src/client.ts', 'of this.#closers.splice(0)) resolve()', 'of this.#closers) void resolve'],
  ['R21', 'src/runtime/fifo.ts', 'head > SLACK && head * 2 > this.#list.length', 'head > SLACK'],
  ['R21', 'src/client.ts', 'event.timeStamp || this.#clock.monotonic()', 'this.#clock.monotonic()'],
  ['R22', 'src/policy/url.ts', '^(?:ws|http)(s?:)', '^(?:ws)(s?:)'],
  ['R22', 'src/policy/url.ts', ".replace(/#[^]*$/, '')", ''],
  [
    'R22',
    'src/runtime/connection.ts',
    "!isProvided && typeof offered !== 'function' && isSyntaxError",
    'isSyntaxError',
  ],
  ['R23', 'src/runtime/connection.ts', 'this.socket?.close(1000, reason)', 'void reason'],
  ['R24', 'src/machine/transitions.ts', 'reconnect: dialNow', 'reconnect: stop'],
  ['R25', 'src/machine/connecting.ts', "why ? [{ do: 'error', failure: why }, ended] : [ended]", '[ended]'],
  ['R26', 'src/runtime/snapshot.ts', 'if (!Object.is(', 'if (Object.is('],
  ['R26', 'src/machine/transitions.ts', "suspended: ['CLOSED', 'waiting']", "suspended: ['CLOSED', 'closed']"],
  [
    'R26',
    'src/runtime/mount-lease.ts',
    'terms.isWanted ? connecting(initialSnapshot) : initialSnapshot',
    'initialSnapshot',
  ],
  ['R26', 'src/runtime/mount-lease.ts', 'if (!this.isDue || ', 'if (true || '],
  ['R27', 'src/machine/closing.ts', "{ do: 'drop', reason: 'url-changed' }, ...parting", '...parting'],
  ['R28', 'src/runtime/connection.ts', 'new Constructor(address, names, options)', 'new Constructor(address, names)'],
  ['R28', 'src/runtime/connection.ts', '{ ...options, protocols: names || [] }', 'names'],
  ['R28', 'src/runtime/connection.ts', 'if (isLoop(cause)) this', 'if (false) this'],
  ['R29', 'src/client.ts', "phase === 'waiting' || phase === 'suspended') this.reconnect()", 'false) this.reconnect()'],
  ['R29', 'src/client.ts', "if (type === 'close') phase = 'closed'", "if (type === 'close') phase = 'open'"],
  ['R29', 'hooks/useWebSocket.ts', 'client.retryNow()', 'client.connect()'],
  [
    'R30',
    'src/runtime/mount-lease.ts',
    "status.startsWith('clos')) this.rights.prepare()",
    "status.startsWith('clos')) return",
  ],
  ['R30', 'src/observers/managed-client.ts', 'if (isBehind) follow()', ''],
  ['R30', 'src/runtime/mount-lease.ts', 'if (!isWanted) this.rights.close()', 'if (!isWanted) return'],
  ['R31', 'src/observers/notify-scheduler.ts', 'isOpen && member.turn !== turn', 'isOpen'],
  ['R31', 'src/observers/notify-scheduler.ts', 'if (turn === mine) isOpen = false', ''],
  ['R31', 'src/observers/client-observer.ts', 'message && message.event', 'message && message.data'],
  ['R32', 'src/runtime/mount-lease.ts', 'this.#timers.clearTimeout(this.#closeTimer)', 'void 0'],
  ['R33', 'src/observers/stable-options.ts', 'steady[name] ||', ''],
  ['R33', 'src/observers/stable-options.ts', "name === 'protocols' && mayFail", 'false'],
  ['R33', 'src/client.ts', 'mergeOptions(this.#given, options), !!address)', 'mergeOptions(this.#given, options))'],
  ['R34', 'src/observers/tracked-view.ts', 'track(getServerSnapshot())', 'track(getSnapshot())'],
  ['R35', 'src/observers/message-stream.ts', 'if (event !== heard)', 'if (true)'],
  ['R35', 'src/observers/message-format.ts', "if (typeof then !== 'function') return answer", 'return answer'],
  ['R35', 'src/observers/client-observer.ts', 'if (addressId === before) return false', 'return false'],
  ['R36', 'hooks/useClient.ts', 'if (!client)', 'if (false)'],
  ['R37', 'src/client.ts', 'if (this.#pingAwaits) {', 'if (true) {'],
  ['R37', 'src/observers/message-stream.ts', 'isControl ? undefined : read(event)', 'read(event)'],
  ['R38', 'src/options/presets.ts', 'maxRetries: Infinity', 'maxRetries: 10'],
  ['R39', 'src/observers/topic-subscriptions.ts', 'told = new Set(topics)', ''],
  ['R39', 'src/observers/topic-subscriptions.ts', 'if (left > 0) readers.set(name, left)', 'if (false) return'],
  ['R39', 'hooks/useKeptStore.ts', 'kept.key !== key', 'false'],
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
  // Rules that are kept by more than the engine have their tests in two rooms.
  const isView = /^(hooks|src\/observers)\/|mount-lease/.test(file) || rule === 'R33'
  const folders = isView ? ['test/observers', 'test/hooks'] : ['test/core/rules']
  const vitest = await startVitest(
    'test',
    folders,
    {
      root: new URL('..', import.meta.url).pathname,
      config: false,
      watch: false,
      environment: isView ? 'jsdom' : 'node',
      include: folders.map((folder) => `${folder}/**/*.test.{ts,tsx}`),
      testNamePattern: `\\[${rule}\\]`,
      reporters: [{}],
      dangerouslyIgnoreUnhandledErrors: true,
    },
    {
      logLevel: 'silent',
      plugins: [
        {
          name: 'break',
          enforce: 'pre',
          transform: (code: string, id: string) => (id.endsWith(`/${file}`) ? code.replace(from, () => to) : undefined),
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
