/**
 * Owns the laws that every step of the chart must keep, whoever takes it: the walk through all small states, or a
 * client that is being maltreated at random. A law speaks of two neighbouring states and the effects between them.
 * Must never repeat a move's own arithmetic: a law that copies the code agrees with its mistakes.
 */

import type { ChartEvent, Effect, Limits, Phase, Stamp, State } from '../../src/machine/states.ts'

const owners: readonly Phase[] = ['connecting', 'open', 'probing', 'closing']
const resting: readonly Phase[] = ['idle', 'closed', 'failed']

/** Whether a phase holds an attempt. */
export const owns = (phase: Phase): boolean => owners.includes(phase)

/** The largest value that limits may have had since the counters were last zero. */
export type Bounds = Pick<Limits, 'maxRetries' | 'failureThreshold' | 'halfOpenMaxRequests'>

const isLive = (state: State) => state.phase === 'open' || state.phase === 'probing'

/** An attempt that ends in a way R7 counts. */
function fails(before: State, event: ChartEvent & Stamp, after: State, limits: Limits): boolean {
  const { type, now, answered } = event
  if (type !== 'lost' && type !== 'refused' && type !== 'timeout') return false
  if (before.phase !== 'connecting' && before.phase !== 'open' && before.phase !== 'probing') return false
  // Whoever has been answered since was not offline.
  const offline = before.offline && !(answered && before.phase !== 'connecting')
  if (owns(after.phase) || before.excused || offline) return false
  if (type === 'refused' && event.failure.code === 'NO_URL') return false
  return before.phase === 'connecting' || !(before.proven || now >= before.openedAt + limits.minUptime)
}

/** Throws if a step breaks a law. */
export function check(
  before: State,
  event: ChartEvent & Stamp,
  after: State,
  effects: readonly Effect[],
  limits: Limits,
  bounds: Bounds = limits,
): void {
  const ok = (truth: unknown, law: string) => {
    if (truth) return
    const where = `${before.phase} × ${event.type} → ${after.phase}`
    throw new Error(`${law}: ${where}\n${JSON.stringify({ before, event, after, effects }, null, 1)}`)
  }
  // The slot of the one attempt, as the shell keeps it: a close or a refusal by the platform empties it at once.
  let held = owns(before.phase)
  if (event.type === 'lost' || event.type === 'refused') held = false
  let dials = 0
  let closes = 0
  let errors = 0
  for (const effect of effects) {
    if (effect.do === 'dial') {
      ok(!held, 'R2 at most one live socket')
      ok(after.circuit.state !== 'OPEN', 'R8 no dial through an open circuit')
      held = true
      dials++
    }
    if (effect.do === 'release' || effect.do === 'hangUp') ok(held, 'R2 only a held socket is let go')
    if (effect.do === 'release') held = false
    if (effect.do === 'error') errors++
    if (effect.do === 'retry') ok(effect.delay >= 0 && effect.attempt >= 1, 'R4 no negative delay, no retry 0')
    if (effect.do === 'close') {
      closes++
      if (!effect.opened)
        ok(errors === 1 && effect.code === 1006, 'R25 a never-opened attempt has one error, then 1006')
    }
  }
  ok(held === owns(after.phase), 'R2 a socket only in a phase that owns one')
  ok(dials <= 1, 'R2 one dial a step')
  const ended = owns(before.phase) && (dials > 0 || !owns(after.phase))
  ok(closes === (ended ? 1 : 0), 'R25 every attempt ends in exactly one close')

  const rests = resting.includes(after.phase)
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
  const proves = isLive(after) && limits.minUptime === 0
  const proven = 'openedAt' in before && (before.proven || now >= before.openedAt + limits.minUptime)
  const forgives = type === 'connect' || type === 'reconnect' || type === 'closeCircuit' || type === 'redirect'
  const revives = before.phase === 'failed' && (type === 'online' || type === 'wake')
  // A limit that was lowered meanwhile lowers the count.
  const capped = after.retryCount === limits.maxRetries
  if (after.retryCount < before.retryCount && !capped)
    ok(proves || proven || forgives || revives, 'R5 only proof resets retryCount')
  if (circuit.failures < before.circuit.failures && circuit.failures !== limits.failureThreshold) {
    const probation = type === 'opened' && circuit.failures === limits.failureThreshold - 1
    const again = type === 'connect' || type === 'reconnect'
    const manual = type === 'opened' && limits.failureThreshold === Infinity
    ok(
      proves || proven || probation || manual || type === 'closeCircuit' || type === 'redirect' || again,
      'R5 only proof resets circuitFailures',
    )
  }
  if (revives && after.phase !== 'failed') {
    ok(before.exhausted, 'R6 only the exhausted are revived')
    ok(now >= before.revivedAt + 60_000 && after.revivedAt === now, 'R6 revived at most once a minute')
  }

  // The ledger of trials: none is lost and none is made (R11).
  const budget = (state: State) => state.circuit.trials + (state.phase === 'connecting' ? 1 : 0)
  if (circuit.state === 'HALF-OPEN') {
    if (before.circuit.state === 'HALF-OPEN') {
      const replaced = type === 'reconnect' && before.phase === 'connecting' && dials > 0
      const spent = fails(before, event, after, limits) || replaced ? 1 : 0
      ok(budget(after) === budget(before) - spent, 'R11 only a failed or replaced trial is spent')
    } else {
      const hastened = (type === 'online' || type === 'wake') && !before.circuit.byHand && circuit.hastened
      ok(
        before.circuit.state === 'OPEN' && (hastened || now >= before.circuit.halfOpenAt),
        'R9 R15 half-opens at its deadline, or when the world comes back, and not before',
      )
      ok(budget(after) === limits.halfOpenMaxRequests, 'R11 half-open begins with all its trials')
    }
  }
  // A circuit opens by hand or by failures, never by itself (R8, R11, R13).
  if (circuit.state === 'OPEN' && before.circuit.state !== 'OPEN') {
    ok(type === 'openCircuit' || fails(before, event, after, limits), 'R8 only failures and a hand open the circuit')
    if (type !== 'openCircuit') {
      const all =
        before.circuit.state === 'HALF-OPEN' ? budget(before) === 1 : circuit.failures >= limits.failureThreshold
      ok(all, 'R8 R11 opens at the threshold, or when the last trial has failed')
    }
  }
}
