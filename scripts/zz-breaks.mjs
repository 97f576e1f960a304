/**
 * Breaks the library on purpose, one line at a time, and checks that a test citing that rule turns red.
 * `npm run test:breaks [R4 R9 …]`. Edits no file: each break is made while the module loads.
 */

import { readFileSync } from 'node:fs'
import { startVitest } from 'vitest/node'

/** Rule, file, what stands there, what stands there when broken. */
const breaks = [
  ['R1', 'src/lifecycle.ts', "waiting: ['CLOSED', 'waiting']", "waiting: ['CONNECTING', 'waiting']"],
  ['R2', 'src/line.ts', 'this.over = true', 'this.over = false'],
  ['R3', 'src/liveness.ts', 'return [next, release, ...effects]', 'return [next, ...effects]'],
  ['R4', 'src/backoff.ts', 'Math.min(high, cap) - low', 'high - low'],
  ['R5', 'src/attempt.ts', 'event.now >= state.openedAt + limits.minUptime)', 'true)'],
  ['R6', 'src/attempt.ts', 'before.retryCount >= limits.maxRetries', 'before.retryCount > limits.maxRetries'],
  ['R6', 'src/lifecycle.ts', 'const REVIVAL = 60_000', 'const REVIVAL = 600_000'],
  ['R7', 'src/attempt.ts', 'proven || excused ? spendTrial', 'proven ? spendTrial'],
  ['R8', 'src/circuit-breaker.ts', 'Math.min(circuit.failures + 1,', 'Math.min(circuit.failures + 2,'],
  ['R9', 'src/circuit-breaker.ts', 'now >= circuit.halfOpenAt ?', 'now > circuit.halfOpenAt ?'],
  [
    'R10',
    'src/circuit-breaker.ts',
    'random * limits.resetJitter * limits.resetTimeout',
    'random * limits.resetTimeout',
  ],
  ['R11', 'src/circuit-breaker.ts', 'limits.failureThreshold - 1', 'limits.failureThreshold - 2'],
  ['R12', 'src/close-codes.ts', 'code !== 4408', 'code !== 4407'],
  ['R12', 'src/close-codes.ts', '(maxDelay * (1 + random)) / 2', 'maxDelay / 2'],
  ['R12', 'src/attempt.ts', "answer === false ? 'stop' : 'retry'", 'limits.closeAction(close.code)'],
  ['R12', 'src/attempt.ts', "typeof answer === 'number') delay", 'answer === -1) delay'],
  ['R12', 'src/attempt.ts', "event.type === 'timeout' && (phase", 'false && (phase'],
  ['R12', 'src/websocket-reconnect.ts', 'answer >= 0)) return answer', 'answer > 0)) return answer'],
  ['R12', 'src/line.ts', "this.#refuse('NO_URL', undefined, true)", "this.#refuse('NO_URL')"],
  ['R13', 'src/lifecycle.ts', "'circuit opened'", "'opened'"],
  ['R14', 'src/sender.ts', '(this.#socket?.bufferedAmount || 0) < this.#bufferedAtPing', 'false'],
  ['R14', 'src/json-text.ts', '&& !Object.keys(value).length', '&& false'],
  ['R14', 'src/websocket-reconnect.ts', '!isVerdict || this.#verdictAt === until', 'true'],
  ['R14', 'src/websocket-reconnect.ts', 'this.#ahead += early', 'void early'],
  [
    'R14',
    'src/websocket-reconnect.ts',
    "code === 'HEARTBEAT_TIMEOUT' && !this.#isPingHeard",
    "code === 'HEARTBEAT_TIMEOUT'",
  ],
  ['R15', 'src/lifecycle.ts', 'Math.min(state.until, momentSoon(event))', 'state.until'],
  ['R15', 'src/lifecycle.ts', 'wake: unblock({}),', ''],
  ['R15', 'src/circuit-breaker.ts', "=== 'OPEN' && !circuit.byHand ?", "=== 'OPEN' ?"],
  ['R15', 'src/circuit-breaker.ts', 'hastened: true', 'hastened: false'],
  ['R15', 'src/liveness.ts', 'offline: false,', ''],
  ['R15', 'src/websocket-reconnect.ts', 'this.#hiddenSince + this.#settings.hiddenTimeout', 'Infinity'],
  ['R16', 'src/sender.ts', 'queue.restore(next)', 'void next'],
  ['R16', 'src/sender.ts', 'socket.bufferedAmount > highWaterMark', '!(socket.bufferedAmount <= highWaterMark)'],
  [
    'R16',
    'src/websocket-reconnect.ts',
    "if (this.#sender.mode === 'open' && this.#sender.isOpen) this.#sender.flush(mark)",
    'if (false) void 0',
  ],
  ['R16', 'src/websocket-reconnect.ts', 'this.#sender.flush(mark)', 'this.#sender.flush()'],
  ['R16', 'src/websocket-reconnect.ts', 'if (isLoss) this.#rejectDrains', 'if (!isLoss) this.#rejectDrains'],
  ['R16', 'src/websocket-reconnect.ts', 'this.#drainPollAt = this.#now() + DRAIN_POLL', 'this.#drainPollAt = Infinity'],
  ['R16', 'src/websocket-reconnect.ts', 'if (isLeaving) isDirect = false', ''],
  ['R17', 'src/emitter.ts', 'this.#onThrow(thrown, type)', 'throw thrown'],
  [
    'R18',
    'src/websocket-reconnect.ts',
    'new WebSocketReconnectError(code, text, earlier ?',
    'new WebSocketReconnectError(code, text, !earlier ?',
  ],
  ['R18', 'src/websocket-reconnect.ts', "code === 'URL_PROVIDER_FAILED' && cause", 'false'],
  ['R19', 'src/url.ts', ".replace(/[?#][^]*$/, '?…')", ''],
  ['R20', 'src/websocket-reconnect.ts', 'this.#guard(stop)', 'void stop'],
  [
    'R20',
    'src/websocket-reconnect.ts',
    "this.#state.phase === 'closing' || this.#isAskedToClose()",
    'this.#isAskedToClose()',
  ],
  ['R20', 'src/websocket-reconnect.ts', 'if (!this.#isAskedToClose()) this.#emitter.emit', 'this.#emitter.emit'],
  ['R20', 'src/websocket-reconnect.ts', 'of this.#closers.splice(0)) resolve()', 'of this.#closers) void resolve'],
  ['R21', 'src/fifo.ts', 'head > SLACK && head * 2 > this.#list.length', 'head > SLACK'],
  ['R21', 'src/websocket-reconnect.ts', 'event.timeStamp || this.#clock.monotonic()', 'this.#clock.monotonic()'],
  ['R22', 'src/url.ts', '^(?:ws|http)(s?:)', '^(?:ws)(s?:)'],
  ['R22', 'src/url.ts', ".replace(/#[^]*$/, '')", ''],
  ['R22', 'src/line.ts', "!isProvided && typeof offered !== 'function' && isSyntaxError", 'isSyntaxError'],
  ['R23', 'src/line.ts', 'this.socket?.close(1000, reason)', 'void reason'],
  ['R24', 'src/lifecycle.ts', 'reconnect: dialNow', 'reconnect: stop'],
  ['R25', 'src/attempt.ts', "why ? [{ do: 'error', failure: why }, ended] : [ended]", '[ended]'],
  ['R26', 'src/snapshot.ts', 'if (!Object.is(', 'if (Object.is('],
  ['R26', 'src/mount-lease.ts', 'first.isWanted ? connecting(initialSnapshot) : initialSnapshot', 'initialSnapshot'],
  ['R26', 'src/mount-lease.ts', 'if (!isDue() || ', 'if (true || '],
  ['R29', 'hooks/useWebSocket.ts', 'client.retryNow()', 'client.connect()'],
  ['R30', 'src/mount-lease.ts', "status.startsWith('clos')) rights.prepare()", "status.startsWith('clos')) return"],
  ['R30', 'src/observers/managed-client.ts', 'if (isBehind) follow()', ''],
  ['R26', 'src/lifecycle.ts', "suspended: ['CLOSED', 'waiting']", "suspended: ['CLOSED', 'closed']"],
  ['R27', 'src/departure.ts', "{ do: 'drop', reason: 'url-changed' }, ...parting", '...parting'],
  ['R28', 'src/line.ts', 'new Constructor(address, names, options)', 'new Constructor(address, names)'],
  ['R28', 'src/line.ts', '{ ...options, protocols: names || [] }', 'names'],
  ['R28', 'src/line.ts', 'if (isLoop(cause)) this', 'if (false) this'],
  [
    'R29',
    'src/websocket-reconnect.ts',
    "phase === 'waiting' || phase === 'suspended') this.reconnect()",
    'false) this.reconnect()',
  ],
  [
    'R29',
    'src/websocket-reconnect.ts',
    "if (type === 'close') phase = 'closed'",
    "if (type === 'close') phase = 'open'",
  ],
  ['R37', 'src/websocket-reconnect.ts', 'if (this.#pingAwaits) {', 'if (true) {'],
  ['R30', 'src/mount-lease.ts', 'if (!isWanted) rights.close()', 'if (!isWanted) return'],
  ['R31', 'src/observers/notify-scheduler.ts', 'isOpen && member.turn !== turn', 'isOpen'],
  ['R31', 'src/observers/notify-scheduler.ts', 'if (turn === mine) isOpen = false', ''],
  ['R31', 'src/observers/client-observer.ts', 'message && message.event', 'message && message.data'],
  ['R32', 'src/mount-lease.ts', 'timers.clearTimeout(closeTimer)', 'void 0'],
  ['R33', 'src/observers/stable-options.ts', 'steady[name] ||', ''],
  ['R33', 'src/websocket-reconnect.ts', 'readOptions(given, !!address)', 'readOptions(given)'],
  ['R33', 'src/observers/stable-options.ts', "name === 'protocols' && mayFail", 'false'],
  ['R34', 'src/observers/tracked-view.ts', 'track(getServerSnapshot())', 'track(getSnapshot())'],
  ['R35', 'src/observers/message-stream.ts', 'if (event !== heard)', 'if (true)'],
  ['R35', 'src/observers/message-format.ts', "if (typeof then !== 'function') return answer", 'return answer'],
  ['R35', 'src/observers/client-observer.ts', 'if (addressId === before) return false', 'return false'],
  ['R36', 'hooks/useClient.ts', 'if (!client)', 'if (false)'],
  ['R37', 'src/observers/message-stream.ts', 'isControl ? undefined : read(event)', 'read(event)'],
  ['R38', 'src/interactive.ts', 'maxRetries: Infinity', 'maxRetries: 10'],
  ['R39', 'src/observers/topic-subscriptions.ts', 'told = new Set(topics)', ''],
  ['R39', 'src/observers/topic-subscriptions.ts', 'if (left > 0) readers.set(name, left)', 'if (false) return'],
  ['R39', 'hooks/useKeptStore.ts', 'kept.key !== key', 'false'],
]

const wanted = process.argv.slice(2)
let caught = 0
let missed = 0
for (const [rule, file, from, to] of breaks) {
  if (!/observers|mount-lease/.test(file) && !/anyUrl|!!address/.test(from)) continue
  const path = new URL(`../${file}`, import.meta.url)
  if (!readFileSync(path, 'utf8').includes(from)) {
    console.log(`${rule}  the line to break is gone from ${file}: ${from}`)
    missed++
    continue
  }
  // Rules that are kept by more than the engine have their tests in two rooms.
  const isView = /^(hooks|src\/observers)\/|mount-lease/.test(file) || rule === 'R33'
  const folders = isView ? ['test/observers'] : ['test/core/rules']
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
