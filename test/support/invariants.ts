/**
 * Owns the invariants that every step of the chart must keep, whoever takes it: the walk through all small states, or a
 * client that is being maltreated at random. An invariant speaks of two neighbouring states and the effects between them.
 * Must never repeat a move's own arithmetic: an invariant that copies the code agrees with its mistakes.
 */

import type { Effect, Input } from '../../src/machine/events.ts'
import { breakerOf, type MachineSettings, type Phase, type State } from '../../src/machine/states.ts'

const owners: readonly Phase[] = ['connecting', 'open', 'awaitingPong', 'closing']
const resting: readonly Phase[] = ['idle', 'closed', 'failed']

/** Whether a phase holds an attempt. */
export const owns = (phase: Phase): boolean => owners.includes(phase)

/** The largest value that limits may have had since the counters were last zero. */
export interface Bounds {
  readonly maxRetries: number
  readonly failureThreshold: number
  readonly halfOpenMaxRequests: number
}

const isLive = (state: State) => state.phase === 'open' || state.phase === 'awaitingPong'

/** An attempt that ends in a way R7 counts. */
function fails(before: State, event: Input, after: State, settings: MachineSettings): boolean {
  const { type, now, answered } = event
  if (type !== 'socketClosed' && type !== 'attemptFailed' && type !== 'timeout') return false
  if (before.phase !== 'connecting' && before.phase !== 'open' && before.phase !== 'awaitingPong') return false
  // Whoever has been answered since was not offline.
  const offline = before.offline && !(answered && before.phase !== 'connecting')
  if (owns(after.phase) || before.frozen || offline) return false
  if (type === 'attemptFailed' && event.failure.code === 'NO_URL') return false
  return before.phase === 'connecting' || !(before.stable || now >= before.openedAt + settings.minUptime)
}

/** Throws if a step breaks an invariant. */
export function check(
  before: State,
  event: Input,
  after: State,
  effects: readonly Effect[],
  settings: MachineSettings,
  bounds: Bounds = { ...breakerOf(settings), maxRetries: settings.maxRetries },
): void {
  const breaker = breakerOf(settings)
  const ok = (truth: unknown, invariant: string) => {
    if (truth) return
    const where = `${before.phase} × ${event.type} → ${after.phase}`
    throw new Error(`${invariant}: ${where}\n${JSON.stringify({ before, event, after, effects }, null, 1)}`)
  }
  // The slot of the one attempt, as the shell keeps it: a close or a refusal by the platform empties it at once.
  let held = owns(before.phase)
  if (event.type === 'socketClosed' || event.type === 'attemptFailed') held = false
  let dials = 0
  let closes = 0
  let errors = 0
  for (const effect of effects) {
    if (effect[0] === 'dial') {
      ok(!held, 'R2 at most one live socket')
      ok(after.circuit.state !== 'OPEN', 'R8 no dial through an open circuit')
      held = true
      dials++
    }
    if (effect[0] === 'abandon' || effect[0] === 'closeSocket') ok(held, 'R2 only a held socket is let go')
    if (effect[0] === 'abandon') held = false
    if (effect[0] === 'error') errors++
    if (effect[0] === 'retry') ok(effect[1].delay >= 0 && effect[1].attempt >= 1, 'R4 no negative delay, no retry 0')
    if (effect[0] === 'close') {
      closes++
      if (!effect[1].opened)
        ok(errors === 1 && effect[1].code === 1006, 'R25 a never-opened attempt has one error, then 1006')
    }
  }
  ok(held === owns(after.phase), 'R2 a socket only in a phase that owns one')
  ok(dials <= 1, 'R2 one dial a step')
  const ended = owns(before.phase) && (dials > 0 || !owns(after.phase))
  ok(closes === (ended ? 1 : 0), 'R25 every attempt ends in exactly one close')

  const rests = resting.includes(after.phase)
  const { stable, exhausted, code } = after
  ok(isLive(after) || (after.openedAt === Infinity && !stable), 'a phase without a connection remembers none')
  ok(after.phase === 'awaitingPong' || !after.isRepeatPing, 'only a ping is repeated')
  ok(after.phase === 'failed' || !exhausted, 'only FAILED is exhausted')
  ok(after.phase === 'closing' || code === 0, 'only CLOSING has a code')
  ok(!rests || after.until === Infinity, 'R2 no deadline in idle, closed, failed')
  ok(
    rests || after.phase === 'blocked' || after.phase === 'suspended' || isLive(after) || after.until < Infinity,
    'R2 a deadline everywhere else',
  )
  ok(after.retryCount >= 0 && after.retryCount <= bounds.maxRetries, 'R6 retryCount within its bounds')

  const { circuit } = after
  ok(circuit.failures >= 0 && circuit.failures <= bounds.failureThreshold, 'R8 circuitFailures within its bounds')
  ok(circuit.trials >= 0 && circuit.trials <= bounds.halfOpenMaxRequests, 'R11 trials within their bounds')
  ok(circuit.state === 'OPEN' || circuit.halfOpenAt === Infinity, 'R9 a half-open deadline only while OPEN')
  ok(
    (after.phase === 'blocked') ===
      (circuit.state === 'OPEN' && !rests && after.phase !== 'closing' && after.phase !== 'suspended'),
    'R1 BLOCKED means wanted behind an open circuit',
  )
  ok(
    after.phase !== 'waiting' || circuit.state !== 'HALF-OPEN' || circuit.trials > 0,
    'R11 a half-open wait has a trial',
  )
  ok(!isLive(after) || circuit.state === 'CLOSED', 'R11 open closes the circuit')

  const { type, now } = event
  const news = type === 'online' || type === 'wake' || type === 'offline' || type === 'freeze'
  ok(!news || dials === 0 || before.phase === 'suspended', 'R15 the world never dials at once')
  ok(!news || owns(before.phase) === owns(after.phase) || dials === 1, 'R15 the world never closes')
  ok(type !== 'close' || rests || after.phase === 'closing', 'R23 close() is final')

  // Proof, and what else may forget failures (R5, R6, R13, R24, R27).
  const proves = isLive(after) && settings.minUptime === 0
  const proven = before.openedAt < Infinity && (before.stable || now >= before.openedAt + settings.minUptime)
  const forgives = type === 'connect' || type === 'reconnect' || type === 'closeCircuit' || type === 'urlChanged'
  const revives = before.phase === 'failed' && (type === 'online' || type === 'wake')
  // A limit that was lowered meanwhile lowers the count.
  const capped = after.retryCount === settings.maxRetries
  if (after.retryCount < before.retryCount && !capped)
    ok(proves || proven || forgives || revives, 'R5 only proof resets retryCount')
  if (circuit.failures < before.circuit.failures && circuit.failures !== breaker.failureThreshold) {
    const probation = type === 'opened' && circuit.failures === breaker.failureThreshold - 1
    const again = type === 'connect' || type === 'reconnect'
    const manual = type === 'opened' && breaker.failureThreshold === Infinity
    ok(
      proves || proven || probation || manual || type === 'closeCircuit' || type === 'urlChanged' || again,
      'R5 only proof resets circuitFailures',
    )
  }
  if (revives && after.phase !== 'failed') {
    ok(before.exhausted, 'R6 only the exhausted are restarted')
    ok(now >= before.restartedAt + 60_000 && after.restartedAt === now, 'R6 restarted at most once a minute')
  }

  // The ledger of trials: none is lost and none is made (R11).
  const budget = (state: State) => state.circuit.trials + (state.phase === 'connecting' ? 1 : 0)
  if (circuit.state === 'HALF-OPEN') {
    if (before.circuit.state === 'HALF-OPEN') {
      const replaced = type === 'reconnect' && before.phase === 'connecting' && dials > 0
      const spent = fails(before, event, after, settings) || replaced ? 1 : 0
      ok(budget(after) === budget(before) - spent, 'R11 only a failed or replaced trial is spent')
    } else {
      const broughtForward = (type === 'online' || type === 'wake') && !before.circuit.byHand && circuit.broughtForward
      ok(
        before.circuit.state === 'OPEN' && (broughtForward || now >= before.circuit.halfOpenAt),
        'R9 R15 half-opens at its deadline, or when the world comes back, and not before',
      )
      ok(budget(after) === breaker.halfOpenMaxRequests, 'R11 half-open begins with all its trials')
    }
  }
  // A circuit opens by hand or by failures, never by itself (R8, R11, R13).
  if (circuit.state === 'OPEN' && before.circuit.state !== 'OPEN') {
    ok(type === 'openCircuit' || fails(before, event, after, settings), 'R8 only failures and a hand open the circuit')
    if (type !== 'openCircuit') {
      const all =
        before.circuit.state === 'HALF-OPEN' ? budget(before) === 1 : circuit.failures >= breaker.failureThreshold
      ok(all, 'R8 R11 opens at the threshold, or when the last trial has failed')
    }
  }
}
