/**
 * Breaks the library on purpose, one line at a time, and checks that a test citing that rule turns red.
 * `npm run test:breaks [R4 R9 …]`. Edits no file: each break is made while the module loads.
 */

import { readFileSync } from 'node:fs'
import { startVitest } from 'vitest/node'

/** Rule, file, what stands there, what stands there when broken. */
const breaks: [rule: string, file: string, from: string, to: string][] = [
  ['R1', 'src/machine/transitions.ts', "waiting: ['CLOSED', 'waiting']", "waiting: ['CONNECTING', 'waiting']"],
  ['R2', 'src/runtime/connection.ts', 'this.isStale = true', 'this.isStale = false'],
  ['R3', 'src/machine/connecting.ts', 'effects.push(ABANDON)', 'void ABANDON'],
  ['R4', 'src/policy/backoff.ts', 'Math.min(high, cap) - low', 'high - low'],
  ['R5', 'src/machine/steps.ts', 'if (now < state.openedAt + minUptime) return', 'void minUptime'],
  ['R6', 'src/machine/connecting.ts', 'state.retryCount >= maxRetries', 'state.retryCount > maxRetries'],
  ['R6', 'src/machine/waiting.ts', 'const RESTART_INTERVAL = 60_000', 'const RESTART_INTERVAL = 600_000'],
  ['R7', 'src/machine/connecting.ts', 'if (stable || isExcused) giveTrialBack', 'if (stable) giveTrialBack'],
  ['R8', 'src/policy/circuit-breaker.ts', 'Math.min(circuit.failures + 1,', 'Math.min(circuit.failures + 2,'],
  ['R9', 'src/policy/circuit-breaker.ts', 'now >= circuit.halfOpenAt ?', 'now > circuit.halfOpenAt ?'],
  [
    'R10',
    'src/policy/circuit-breaker.ts',
    'random * limits.resetJitter * limits.resetTimeout',
    'random * limits.resetTimeout',
  ],
  ['R11', 'src/policy/circuit-breaker.ts', 'limits.failureThreshold - 1', 'limits.failureThreshold - 2'],
  ['R12', 'src/policy/close-policy.ts', "[4408, 4408, 'retry'],", ''],
  ['R12', 'src/policy/close-policy.ts', '(maxDelay * (1 + random)) / 2', 'maxDelay / 2'],
  ['R12', 'src/policy/close-policy.ts', "if (answer !== undefined) return answer ? 'retry' : 'stop'", ''],
  ['R12', 'src/policy/close-policy.ts', "if (typeof answer === 'number') return () => answer", ''],
  ['R12', 'src/runtime/decision.ts', "type === 'timeout' || ", ''],
  ['R12', 'src/runtime/decision.ts', 'answer >= 0)) return', 'answer > 0)) return'],
  ['R12', 'src/runtime/connection.ts', "this.#fail('NO_URL', true)", "this.#fail('NO_URL')"],
  ['R13', 'src/machine/circuit.ts', "'circuit opened'", "'opened'"],
  ['R14', 'src/runtime/sender.ts', 'this.#buffered < this.#bufferedAtPing', 'false'],
  ['R14', 'src/policy/json-text.ts', '&& !Object.keys(value).length', '&& false'],
  ['R14', 'src/runtime/engine.ts', '!isVerdict || this.#verdictAt === until', 'true'],
  ['R14', 'src/runtime/deadline-timer.ts', 'this.#ahead += early', 'void early'],
  [
    'R14',
    'src/options/dev-warnings.ts',
    "code === 'HEARTBEAT_TIMEOUT' && !hasEverHeard",
    "code === 'HEARTBEAT_TIMEOUT'",
  ],
  ['R15', 'src/runtime/platform.ts', 'if (readers.has(read)) read', 'read'],
  ['R15', 'src/runtime/platform.ts', 'if (!readers.size) start()', 'start()'],
  ['R15', 'src/machine/waiting.ts', 'Math.min(state.until, momentSoon(event))', 'state.until'],
  ['R15', 'src/machine/transitions.ts', ',  wake: unblock', ''],
  ['R15', 'src/policy/circuit-breaker.ts', "=== 'OPEN' && !circuit.byHand ?", "=== 'OPEN' ?"],
  ['R15', 'src/policy/circuit-breaker.ts', 'broughtForward: true', 'broughtForward: false'],
  ['R15', 'src/machine/connected.ts', '  state.offline = false\n  state.reconnecting', '  state.reconnecting'],
  ['R15', 'src/runtime/engine.ts', 'this.#environment.hiddenSince + this.settings.hiddenTimeout', 'Infinity'],
  ['R16', 'src/runtime/sender.ts', 'queue.restore(next)', 'void next'],
  [
    'R16',
    'src/runtime/sender.ts',
    'socket.bufferedAmount > highWaterMark',
    '!(socket.bufferedAmount <= highWaterMark)',
  ],
  [
    'R16',
    'src/runtime/traffic.ts',
    "if (sender.mode === 'open' && sender.isOpen) sender.flush(mark)",
    'if (false) void 0',
  ],
  ['R16', 'src/runtime/traffic.ts', 'sender.isOpen) sender.flush(mark)', 'sender.isOpen) sender.flush()'],
  ['R16', 'src/runtime/sender.ts', 'if (isLoss) this', 'if (!isLoss) this'],
  ['R16', 'src/runtime/drains.ts', ': this.#engine.now() + DRAIN_POLL', ': Infinity'],
  ['R16', 'src/runtime/pending.ts', 'if (isLeaving || type', 'if (type'],
  ['R17', 'src/runtime/emitter.ts', "this.#owner.listenerFailed(thrown, type === 'error')", 'throw thrown'],
  ['R18', 'src/runtime/error-reporter.ts', 'earlier ? this.make', '!earlier ? this.make'],
  ['R18', 'src/options/dev-warnings.ts', "code === 'URL_PROVIDER_FAILED' && cause", 'false'],
  ['R19', 'src/policy/url.ts', ".replace(/[?#][^]*$/, '?…')", ''],
  ['R20', 'src/runtime/environment.ts', 'isolate(stop)', 'isolate(() => {})'],
  [
    'R20',
    'src/runtime/traffic.ts',
    "engine.state.phase === 'closing' || isAskedToClose(engine.loop)",
    'isAskedToClose(engine.loop)',
  ],
  ['R20', 'src/runtime/traffic.ts', 'if (!isAskedToClose(loop)) emitter.emit', 'emitter.emit'],
  ['R20', 'src/runtime/engine.ts', 'closing.settle()', 'void closing'],
  ['R21', 'src/runtime/fifo.ts', 'head > SLACK && head * 2 > this.#list.length', 'head > SLACK'],
  ['R21', 'src/runtime/stats.ts', 'event.timeStamp || clock.monotonic()', 'clock.monotonic()'],
  ['R22', 'src/policy/url.ts', '^(?:ws|http)(s?:)', '^(?:ws)(s?:)'],
  ['R22', 'src/policy/url.ts', ".replace(/#[^]*$/, '')", ''],
  ['R22', 'src/runtime/connection.ts', '!isProvided && !isFunction(offered) && Object', 'Object'],
  ['R23', 'src/runtime/connection.ts', 'of [code, 1000]', 'of [code]'],
  ['R24', 'src/machine/transitions.ts', 'reconnect: dial', 'reconnect: closeAtOnce'],
  ['R25', 'src/machine/connecting.ts', "if (failure) effects.push(['error', failure])", ''],
  ['R26', 'src/runtime/snapshot.ts', '(field) => Object.is(', '(field) => !Object.is('],
  ['R26', 'src/machine/transitions.ts', "suspended: ['CLOSED', 'waiting']", "suspended: ['CLOSED', 'closed']"],
  [
    'R26',
    'src/runtime/mount-lease.ts',
    'first.isWanted ? connecting(initialSnapshot) : initialSnapshot',
    'initialSnapshot',
  ],
  ['R26', 'src/runtime/mount-lease.ts', 'if (!isDue() || ', 'if (true || '],
  ['R27', 'src/machine/closing.ts', "effects.push(['dropQueue', 'url-changed'])", ''],
  ['R28', 'src/runtime/connection.ts', 'new Constructor(address, names, options)', 'new Constructor(address, names)'],
  ['R28', 'src/runtime/connection.ts', '{ ...options, protocols: names || [] }', 'names'],
  ['R28', 'src/runtime/connection.ts', 'if (cause instanceof SelfDialError) this', 'if (false) this'],
  ['R29', 'src/client.ts', "phase === 'waiting' || phase === 'suspended') this.reconnect()", 'false) this.reconnect()'],
  ['R29', 'src/runtime/pending.ts', "if (type === 'close') phase = 'closed'", "if (type === 'close') phase = 'open'"],
  ['R29', 'hooks/useWebSocket.ts', 'client.retryNow()', 'client.connect()'],
  [
    'R30',
    'src/runtime/mount-lease.ts',
    "status.startsWith('clos')) rights.prepare()",
    "status.startsWith('clos')) return",
  ],
  ['R30', 'src/observers/managed-client.ts', 'if (isBehind) follow()', ''],
  ['R30', 'src/runtime/mount-lease.ts', 'if (!isWanted) rights.close()', 'if (!isWanted) return'],
  ['R31', 'src/observers/notify-scheduler.ts', 'isOpen && member.turn !== turn', 'isOpen'],
  ['R31', 'src/observers/notify-scheduler.ts', 'if (turn === mine) isOpen = false', ''],
  ['R31', 'src/observers/client-observer.ts', 'message && message.event', 'message && message.data'],
  ['R32', 'src/runtime/mount-lease.ts', 'timers.clearTimeout(closeTimer)', 'void 0'],
  ['R33', 'src/observers/stable-options.ts', 'steady[name] ||', ''],
  ['R33', 'src/observers/stable-options.ts', "name === 'protocols' && mayFail", 'false'],
  [
    'R33',
    'src/client.ts',
    'mergeOptions(this.#options.given, options), !!address)',
    'mergeOptions(this.#options.given, options))',
  ],
  ['R34', 'src/observers/tracked-view.ts', 'track(getServerSnapshot())', 'track(getSnapshot())'],
  ['R35', 'src/observers/message-stream.ts', 'if (event !== heard)', 'if (true)'],
  ['R35', 'src/observers/message-format.ts', "if (typeof then !== 'function') return answer", 'return answer'],
  ['R35', 'src/observers/client-observer.ts', 'if (addressId === before) return false', 'return false'],
  ['R36', 'hooks/useClient.ts', 'if (!client)', 'if (false)'],
  ['R37', 'src/runtime/traffic.ts', 'this.ping.isAwaiting && this.ping', 'this.ping'],
  ['R37', 'src/observers/message-stream.ts', 'isControl ? undefined : read(event)', 'read(event)'],
  ['R38', 'src/options/presets.ts', 'maxRetries: Infinity', 'maxRetries: 10'],
  ['R39', 'src/observers/topic-subscriptions.ts', 'told = new Set(topics)', ''],
  ['R39', 'src/observers/topic-subscriptions.ts', 'if (left > 0) readers.set(name, left)', 'if (false) return'],
  ['R39', 'hooks/useKeptStore.ts', 'kept.key !== key', 'false'],
  ['S1', 'src/session/session.ts', 'JSON.parse(jsonText(message))', 'message'],
  ['S1', 'src/session/page-copy.ts', 'copies = [...copies, own]', 'void 0'],
  ['S2', 'src/session/outbox-database.ts', 'if (least > 1) {', 'if (false) {'],
  ['S2', 'src/session/outbox-database.ts', 'first: first?.result as number', 'first: 1'],
  ['S2', 'src/session/tabs.ts', 'listener((isLeading = true))', 'void (isLeading = true)'],
  ['S4', 'src/session/courier.ts', 'if (!isKnown()) await outbox.sync()', ''],
  ['S5', 'src/session/session.ts', 'next: acked + 1', 'next: outbox.state.next'],
  ['S5', 'src/session/courier.ts', 'if (n <= outbox.state.acked) return settings.reconnect()', ''],
  ['S6', 'src/session/courier.ts', 'notes.filter(([refused]) => refused > n)', '[]'],
  ['S6', 'src/session/outbox.ts', 'await change([tombstone(record(item))])', 'await change([], [item.n])'],
  [
    'S6',
    'src/session/courier.ts',
    'Math.max(welcome.acked, outbox.state.acked), welcome.refused,',
    'Math.max(welcome.acked, outbox.state.acked), [],',
  ],
  ['S7', 'src/session/courier.ts', 'line.cursor = Math.min(line.cursor, n - 1)', 'line.cursor = n'],
  ['S7', 'src/session/streams.ts', 'if (topic.asked && --topic.asked) return', 'topic.asked = 0'],
  ['S7', 'src/session/streams.ts', '} else if (topic.at && !topic.asked) {', '} else if (topic.at) {'],
  ['S8', 'src/session/courier.ts', 'if (isOther || uncertainTo > state.acked)', 'if (false)'],
  [
    'S8',
    'src/session/courier.ts',
    'await outbox.mark(Math.max(last, outbox.state.sent), here.welcome.epoch)',
    'void 0',
  ],
  ['S9', 'src/session/session.ts', ", isIdempotent: whenLost === 'resend'", ''],
  ['S10', 'src/session/streams.ts', 'if (frame.offset > offset + 1) return ask(name, topic)', ''],
  [
    'S10',
    'src/session/streams.ts',
    'const isBehind = (a: Position, b: Position) => a.epoch !== b.epoch ||',
    'const isBehind = (a: Position, b: Position) =>',
  ],
  ['S3', 'src/server/memory-store.ts', 'client.last !== n - 1', 'client.last > n'],
  ['S3', 'src/server/sqlite-tables.ts', 'where client = ? and n = ?`', 'where client = ? and ? > -1`'],
  [
    'S3',
    'src/server/sqlite-store.ts',
    "database.exec('rollback to session_write; release session_write')",
    'void database',
  ],
  ['S3', 'src/server/sends.ts', 'if (n < this.#expected) return', 'if (false) return'],
  ['S4', 'src/server/sends.ts', 'if (last >= this.#expected) {', 'if (false) {'],
  ['S4', 'src/server/sends.ts', 'else if (this.#awaited === this.#expected)', 'else if (this.#awaited)'],
  ['S5', 'src/server/server-connection.ts', 'store.raise(key, proven)', 'store.raise(key, 0)'],
  ['S5', 'src/server/memory-store.ts', 'Math.max(client.last, n)', 'n'],
  ['S5', 'src/server/sends.ts', 'last >= this.#acks.acked', 'true'],
  ['S6', 'src/server/server-connection.ts', 'refused: told,', 'refused: [],'],
  ['S6', 'src/server/server-connection.ts', 'store.confirm(key, proven)', 'store.confirm(key, proven + 1)'],
  ['S6', 'src/server/acks.ts', 'if (this.#covered < n) {', 'if (false) {'],
  ['S6', 'src/server/acks.ts', 'const known = n - this.#context.limits.window', 'const known = n'],
  [
    'S7',
    'src/server/sends.ts',
    'this.#strike()\n    else this.#goBack(this.#expected)',
    'this.#goBack(this.#expected)',
  ],
  ['S7', 'src/server/followed.ts', 'Math.max(1, entry.owed)', '1'],
  ['S7', 'src/server/followed.ts', 'entry.follower?.stop()\n      if', 'if'],
  ['S9', 'src/server/answers.ts', 'if (this.#pending.has(id)) return', ''],
  ['S9', 'src/server/answers.ts', 'kept?.question === question', 'kept'],
  ['S9', 'src/server/answers.ts', 'if (known) return known', ''],
  ['S10', 'src/server/follower.ts', 'this.#startNow(!from)', 'this.#startNow(true)'],
  ['S10', 'src/server/memory-store.ts', 'if (missing > entries.length) return null', ''],
  ['S10', 'src/server/follower.ts', 'this.#startNow(false)', 'this.#startNow(true)'],
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
  const room = /^src\/(server|session)\//.exec(file)?.[1]
  const ofRoom = room === 'session' ? ['test/session', 'test/properties/chaos'] : [`test/${room}`]
  const folders = room ? ofRoom : isView ? ['test/observers', 'test/hooks'] : ['test/core/rules']
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
