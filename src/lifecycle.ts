/**
 * The life of a connection as one table: phase × event → move. Read this file first.
 *
 * Owns every decision about connecting, proving, beating, retrying, blocking and giving up. A move is a pure function
 * of (state, event, limits) that answers with the next state and the effects the shell has to carry out; a missing
 * cell means that the event changes nothing there. Times are monotonic ms, and every state carries `until`, the moment
 * it wants to hear `timeout`. Must never touch a socket, a timer, a listener or a clock.
 */

import {
  admit,
  type Circuit,
  type CircuitLimits,
  closedCircuit,
  countFailure,
  openCircuit,
  spendTrial,
  thaw,
} from './circuit-breaker.ts'
import { delayAfterClose } from './close-codes.ts'
import type { ErrorCode } from './errors.ts'
import { LATE } from './heartbeat.ts'

/** The requirement's six states; the phases below are finer. */
export type ConnectionState = 'CLOSED' | 'CONNECTING' | 'OPEN' | 'CLOSING' | 'BLOCKED' | 'FAILED'

/** What the moves need to know of the options. */
export interface Limits extends CircuitLimits {
  readonly maxRetries: number
  readonly maxDelay: number
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly minUptime: number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  /** The delay before retry number `attempt`, jitter included. */
  readonly backoff: (attempt: number, random: number, previousDelay: number | undefined) => number
  /** The user's adjustment of a delay; never throws. */
  readonly adjust: (attempt: number, delay: number, lastClose: End & { readonly opened: boolean }) => number
}

/** What outlives the phases. */
interface Common {
  readonly circuit: Circuit
  readonly retryCount: number
  /** The last backoff delay, for decorrelated jitter. */
  readonly delay: number | undefined
  readonly offline: boolean
  /** Between the first loss or failure and the next open. */
  readonly reconnecting: boolean
  /** The world has already revived this client once since it was last proven or asked to connect (R6). */
  readonly revived: boolean
  /** The one more attempt after an authorization close has been used (R12). */
  readonly pardoned: boolean
}

/** What an attempt carries from its dial to its end. */
interface Attempt {
  /** Brought forward by the world, so its failure costs no retry (R15). */
  readonly free: boolean
  /** The page was frozen meanwhile: how it ends says nothing about the server (R7). */
  readonly excused: boolean
}

interface Live extends Attempt {
  readonly openedAt: number
  readonly proven: boolean
  /** When the last ping went out, or the connection opened. */
  readonly pingedAt: number
}

type Shape<P extends string, Data = unknown> = Common & Data & { readonly phase: P; readonly until: number }

export type Idle = Shape<'idle'>
export type Connecting = Shape<'connecting', Attempt & { readonly since: number }>
export type Open = Shape<'open', Live>
export type Probing = Shape<
  'probing',
  Live & { /** This ping replaced one whose verdict came late. */ readonly again: boolean }
>
export type Closing = Shape<'closing', { readonly code: number; readonly reason: string }>
export type Waiting = Shape<'waiting', { readonly free: boolean }>
export type Blocked = Shape<'blocked'>
export type Failed = Shape<'failed', { readonly exhausted: boolean }>
export type Closed = Shape<'closed'>

export type State = Idle | Connecting | Open | Probing | Closing | Waiting | Blocked | Failed | Closed
export type Phase = State['phase']

/** Why an attempt failed: a code and the platform's own error, or an earlier failure. */
export interface Failure {
  readonly code: ErrorCode
  readonly cause?: unknown
}

/** How an attempt ended, as far as the chart cares. */
interface End {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** What the shell has found out about a close it did not cause (R12). */
export type Verdict = 'retry' | 'fatal' | 'pardonable'

interface Payloads {
  connect: unknown
  reconnect: unknown
  close: { readonly code: number; readonly reason: string }
  openCircuit: { readonly duration: number }
  closeCircuit: unknown
  /** The url or the protocols have changed (R27). */
  redirect: unknown
  /** Limits have changed (R27). */
  adjust: unknown
  opened: unknown
  /** The socket's close event. */
  lost: End & { readonly verdict: Verdict; readonly cause?: unknown }
  /** There is no socket, and why. */
  refused: { readonly failure: Failure; readonly fatal: boolean }
  timeout: unknown
  online: unknown
  wake: unknown
  offline: unknown
  freeze: unknown
}

export type EventType = keyof Payloads
export type Stamp = {
  /** Monotonic ms. */
  readonly now: number
  /** One number in [0, 1): all the chance a move may use. */
  readonly random: number
  /** Whether anything has been heard, or the buffer has drained, since the last ping (R14). */
  readonly answered: boolean
}
export type ChartEvent<E extends EventType = EventType> = {
  [K in E]: Payloads[K] & { readonly type: K }
}[E]
type Stamped<E extends EventType> = ChartEvent<E> & Stamp

export type Effect =
  | { readonly do: 'dial' | 'open' | 'ping' }
  /** Let the socket go at once, telling the peer if it still listens. */
  | { readonly do: 'release'; readonly code: number; readonly reason: string }
  /** Start the closing handshake. */
  | { readonly do: 'hangUp'; readonly code: number; readonly reason: string }
  | { readonly do: 'error'; readonly failure: Failure }
  | ({ readonly do: 'close'; readonly opened: boolean } & End)
  | { readonly do: 'retry'; readonly attempt: number; readonly delay: number }
  | { readonly do: 'drop'; readonly reason: 'closed' | 'url-changed' }

type Step = readonly [State, ...Effect[]]
type Move<S extends State, E extends EventType> = (state: S, event: Stamped<E>, limits: Limits) => Step
export type Chart = {
  readonly [P in Phase]: { readonly [E in EventType]?: Move<Extract<State, { phase: P }>, E> }
}

export const initialState: Idle = {
  phase: 'idle',
  until: Infinity,
  circuit: closedCircuit(),
  retryCount: 0,
  delay: undefined,
  offline: false,
  reconnecting: false,
  revived: false,
  pardoned: false,
}

// ── small words ──────────────────────────────────────────────────────────────────────────────────────────────────

const common = ({ circuit, retryCount, delay, offline, reconnecting, revived, pardoned }: Common): Common => ({
  circuit,
  retryCount,
  delay,
  offline,
  reconnecting,
  revived,
  pardoned,
})

/** Same phase, other facts. */
const stay =
  <S extends State>(change: Partial<Common> & { excused?: boolean }) =>
  (state: S): Step => [{ ...state, ...change }]

/** Proof renews everything that failures had used up (R5, R6, R12). */
const renewed = { retryCount: 0, delay: undefined, revived: false, pardoned: false }

const rest = (state: Common, phase: 'idle' | 'closed'): State => ({
  ...common(state),
  phase,
  until: Infinity,
  offline: false,
  reconnecting: false,
})

const closeEffect = (code: number, reason: string, opened: boolean, wasClean = false): Effect => ({
  do: 'close',
  code,
  reason,
  wasClean,
  opened,
})

/** What the listeners hear when we let go of an attempt: a never-opened one ends like any other (R25). */
const partingEffects = (
  state: Connecting | Open | Probing,
  code: number,
  reason: string,
  failure: Failure,
): Effect[] => {
  const release: Effect = { do: 'release', code, reason }
  return state.phase === 'connecting'
    ? [release, { do: 'error', failure }, closeEffect(1006, '', false)]
    : [release, closeEffect(code, reason, true)]
}

// ── dialling ─────────────────────────────────────────────────────────────────────────────────────────────────────

function dial(state: Common, { now }: Stamp, limits: Limits, free = false): Step {
  return [
    {
      ...common(state),
      circuit: spendTrial(state.circuit),
      phase: 'connecting',
      since: now,
      until: now + limits.connectTimeout,
      free,
      excused: false,
    },
    { do: 'dial' },
  ]
}

const blocked = (state: Common): Blocked => ({ ...common(state), phase: 'blocked', until: state.circuit.halfOpenAt })

/** Dials as far as the circuit allows: BLOCKED while it is open, and not before the trial's own time (R10, R24). */
function begin(state: Common, event: Stamp, limits: Limits): Step {
  const circuit = thaw(state.circuit, limits, event.now)
  if (circuit.state === 'OPEN') return [blocked(state)]
  if (circuit.state === 'CLOSED') return dial(state, event, limits)
  return trial({ ...state, circuit }, event, limits)
}

/** A half-open circuit's first attempt: a retry, at the moment drawn when the circuit opened (R10, R11). */
function trial(state: Common, event: Stamp, limits: Limits): Step {
  const retryCount = Math.min(state.retryCount + 1, limits.maxRetries)
  const delay = Math.max(0, Math.round(state.circuit.trialAt - event.now))
  const retry: Effect = { do: 'retry', attempt: Math.max(1, retryCount), delay }
  const next = { ...common(state), retryCount }
  if (delay > 0) return [{ ...next, phase: 'waiting', until: state.circuit.trialAt, free: false }, retry]
  const [connecting, ...effects] = dial(next, event, limits)
  return [connecting, ...effects, retry]
}

/** A fresh wish renews the budget, not the circuit's count (R24). */
const connect = (state: Idle | Closed, event: Stamp, limits: Limits): Step =>
  begin({ ...state, ...renewed }, event, limits)

/** As `connect`, but it waits neither for a trial's turn nor for anything else except an open circuit (R24). */
function hurry(state: Common, event: Stamp, limits: Limits): Step {
  const circuit = thaw(state.circuit, limits, event.now)
  const next = { ...state, circuit }
  return circuit.state === 'OPEN' ? [blocked(next)] : dial(next, event, limits)
}

const zeroed = (state: Common): Common => ({ ...state, ...renewed, circuit: { ...state.circuit, failures: 0 } })

// ── an attempt ends ──────────────────────────────────────────────────────────────────────────────────────────────

/** Every way an attempt can end that nobody asked for: counts it, and waits, blocks or gives up (R5–R8, R11, R12). */
function end(
  state: Connecting | Open | Probing,
  event: Stamp,
  limits: Limits,
  close: End,
  verdict: Verdict,
  failure?: Failure,
): Step {
  const opened = state.phase !== 'connecting'
  const proven = opened && (state.proven || event.now >= state.openedAt + limits.minUptime)
  const before = proven ? prove(state) : state
  const excused = state.excused || state.offline
  const free = excused || (state.free && !proven)

  let { circuit } = before
  if (!proven && !excused) circuit = countFailure(circuit, limits, event.now, event.random)
  else if (!opened) circuit = spendTrial(circuit, -1)

  const pardon = verdict === 'pardonable' && !before.pardoned
  const fatal = verdict !== 'retry' && !pardon
  const next: Common = { ...common(before), circuit, pardoned: before.pardoned || pardon, reconnecting: true }
  const ending = { code: close.code, reason: close.reason, wasClean: close.wasClean, opened }
  const told = (why?: Failure): Effect[] => [
    ...(why ? [{ do: 'error', failure: why } as const] : []),
    { do: 'close', ...ending },
  ]

  if (fatal || (!free && before.retryCount >= limits.maxRetries)) {
    // A failure that names itself (no WebSocket, a syntax error) is clearer than a code about it.
    const own = fatal && !opened && failure && failure.code !== 'HANDSHAKE_FAILED'
    const why = own ? failure : { code: fatal ? 'FATAL_CLOSE' : 'RETRIES_EXHAUSTED', cause: failure }
    return [giveUp(next, !fatal), ...told(why as Failure)]
  }
  if (circuit.state === 'OPEN') return [blocked(next), ...told(failure)]

  const retryCount = free ? before.retryCount : before.retryCount + 1
  const attempt = Math.max(1, retryCount)
  const backoff = limits.backoff(attempt, event.random, before.delay)
  let delay = delayAfterClose(close.code, backoff, limits.maxDelay, event.random)
  if (state.offline) delay = Math.max(delay, limits.maxDelay)
  delay = limits.adjust(attempt, delay, ending)
  return [
    { ...next, retryCount, delay: backoff, phase: 'waiting', until: event.now + delay, free: false },
    ...told(failure),
    { do: 'retry', attempt, delay },
  ]
}

const giveUp = (state: Common, exhausted: boolean): Failed => ({
  ...common(state),
  phase: 'failed',
  until: Infinity,
  reconnecting: false,
  exhausted,
})

const ABNORMAL: End = { code: 1006, reason: '', wasClean: false }

const lost: Move<Connecting | Open | Probing, 'lost'> = (state, event, limits) =>
  state.phase === 'connecting'
    ? // Refusals of every kind look alike to a client: 1006, unclean (faults 16–24).
      end(state, event, limits, ABNORMAL, event.verdict, { code: 'HANDSHAKE_FAILED', cause: event.cause })
    : end(state, event, limits, event, event.verdict)

const refused: Move<Connecting, 'refused'> = (state, event, limits) =>
  end(state, event, limits, ABNORMAL, event.fatal ? 'fatal' : 'retry', event.failure)

const release: Effect = { do: 'release', code: 1000, reason: '' }

/** A hung handshake is let go at once: Chromium lets the next one wait for it (R3). */
function abandon(state: Connecting, event: Stamp, limits: Limits): Step {
  const [next, ...effects] = end(state, event, limits, ABNORMAL, 'retry', { code: 'CONNECT_TIMEOUT' })
  return [next, release, ...effects]
}

// ── open, and the heartbeat ──────────────────────────────────────────────────────────────────────────────────────

const prove = <S extends Open | Probing>(state: S): S => ({
  ...state,
  ...renewed,
  circuit: { ...state.circuit, failures: 0 },
  proven: true,
  free: false,
})

/** Sets the one deadline of a live connection: proof, the next ping, or the verdict on the last one. */
function live<S extends Open | Probing>(state: S, now: number, limits: Limits): S {
  const proof = state.proven ? Infinity : state.openedAt + limits.minUptime
  const nextPing = state.pingedAt + (limits.heartbeatInterval || Infinity)
  const verdict = state.pingedAt + limits.heartbeatTimeout
  // While a ping is out, its interval only matters as a moment to look whether it has been answered.
  const beat = state.phase === 'open' ? nextPing : nextPing > now ? Math.min(nextPing, verdict) : verdict
  return { ...state, until: Math.min(proof, beat) }
}

function settle(state: Connecting, { now }: Stamp, limits: Limits): Step {
  const { free, excused } = state
  const opened: Open = {
    ...common(state),
    circuit: admit(state.circuit, limits),
    reconnecting: false,
    phase: 'open',
    until: 0,
    openedAt: now,
    pingedAt: now,
    proven: false,
    free,
    excused,
  }
  return [live(limits.minUptime > 0 ? opened : prove(opened), now, limits), { do: 'open' }]
}

const ping = (state: Open | Probing, now: number, limits: Limits, again = false): Step => [
  live({ ...state, phase: 'probing', pingedAt: now, again }, now, limits),
  { do: 'ping' },
]

/** `timeout` of a live connection: proof first, then the verdict, then the next ping (R5, R14). */
const beat: Move<Open | Probing, 'timeout'> = (state, event, limits) => {
  const { now } = event
  if (!state.proven && now >= state.openedAt + limits.minUptime) state = prove(state)
  if (state.phase === 'probing' && !event.answered) {
    const due = state.pingedAt + limits.heartbeatTimeout
    if (now < due) return [live(state, now, limits)]
    if (now - due > LATE && !state.again) return ping(state, now, limits, true)
    const [next, ...effects] = end(state, event, limits, ABNORMAL, 'retry', { code: 'HEARTBEAT_TIMEOUT' })
    return [next, release, ...effects]
  }
  if (limits.heartbeatInterval && now >= state.pingedAt + limits.heartbeatInterval) return ping(state, now, limits)
  return [live({ ...state, phase: 'open' } as Open, now, limits)]
}

/** Asks at once whether the line still lives, unless a ping is already out or there is no heartbeat (R15). */
const probe =
  (change: Partial<Common>): Move<Open | Probing, 'online' | 'offline' | 'wake'> =>
  (state, event, limits) => {
    const next = { ...state, ...change }
    const silent = !limits.heartbeatInterval || (state.phase === 'probing' && !event.answered)
    return silent ? [next] : ping(next, event.now, limits)
  }

const adjust: Move<Open | Probing, 'adjust'> = (state, event, limits) => [
  limits.heartbeatInterval
    ? live(state, event.now, limits)
    : live({ ...state, phase: 'open' } as Open, event.now, limits),
]

// ── closing ──────────────────────────────────────────────────────────────────────────────────────────────────────

const dropQueue: Effect = { do: 'drop', reason: 'closed' }

const leave: Move<Open | Probing, 'close'> = (state, { code, reason, now }, limits) => [
  { ...common(state), phase: 'closing', until: now + limits.closeTimeout, reconnecting: false, code, reason },
  { do: 'hangUp', code, reason },
  dropQueue,
]

const cancel: Move<Connecting, 'close'> = (state, { code, reason }) => [
  rest({ ...state, circuit: spendTrial(state.circuit, -1) }, 'closed'),
  ...partingEffects(state, code, reason, { code: 'CLOSED_BY_USER' }),
  dropQueue,
]

const stop = (state: State): Step => [rest(state, 'closed'), dropQueue]

const left: Move<Closing, 'lost'> = (state, { wasClean }) => [
  rest(state, 'closed'),
  closeEffect(state.code, state.reason, true, wasClean),
]

const partFromClosing = (state: Closing): Effect[] => [
  { do: 'release', code: state.code, reason: state.reason },
  closeEffect(state.code, state.reason, true),
]

const giveUpClosing: Move<Closing, 'timeout'> = (state) => [rest(state, 'closed'), ...partFromClosing(state)]

const after =
  (move: (state: Common, event: Stamp, limits: Limits) => Step): Move<Closing, 'connect' | 'reconnect'> =>
  (state, event, limits) => {
    const [next, ...effects] = move({ ...state, ...renewed }, event, limits)
    return [next, ...partFromClosing(state), ...effects]
  }

// ── replacing ────────────────────────────────────────────────────────────────────────────────────────────────────

/** `reconnect()` with a connection at hand: no failure, no new budget, a trial spent (R24). */
const replace: Move<Connecting | Open | Probing, 'reconnect'> = (state, event, limits) => {
  // The last trial is already on its way: a second one beside it would be one more than the circuit allows.
  if (state.circuit.state === 'HALF-OPEN' && state.circuit.trials < 1) return report(state)
  const proven = state.phase !== 'connecting' && event.now >= state.openedAt + limits.minUptime
  const [next, ...effects] = dial({ ...(proven ? prove(state) : state), reconnecting: true }, event, limits)
  return [next, ...partingEffects(state, 1000, 'reconnect', { code: 'HANDSHAKE_FAILED' }), ...effects]
}

const circuitError: Effect = { do: 'error', failure: { code: 'CIRCUIT_OPEN' } }
const report = (state: State): Step => [state, circuitError]

const startOver = (state: Common): Common => ({
  ...state,
  ...renewed,
  circuit: closedCircuit(),
  reconnecting: false,
})

/** A new address owes nothing to the old one: not its queue, not its failures (R27). */
const redirect: Move<Exclude<State, Idle | Closed | Closing>, 'redirect'> = (state, event, limits) => {
  const parting = 'excused' in state ? partingEffects(state, 1000, 'url changed', { code: 'HANDSHAKE_FAILED' }) : []
  const [next, ...effects] = dial(startOver(state), event, limits)
  return [next, { do: 'drop', reason: 'url-changed' }, ...parting, ...effects]
}

const forget: Move<Idle | Closed | Closing, 'redirect'> = (state) => [
  { ...state, ...startOver(state) } as State,
  { do: 'drop', reason: 'url-changed' },
]

// ── the circuit by hand, and by the clock ────────────────────────────────────────────────────────────────────────

const opened = (state: Common, event: Stamped<'openCircuit'>, limits: Limits): Common => ({
  ...state,
  circuit: openCircuit(state.circuit, limits, event.now, event.random, event.duration),
})

const trip: Move<Idle | Closed | Failed | Closing, 'openCircuit'> = (state, event, limits) => [
  opened(state, event, limits) as State,
]

const block: Move<Waiting | Blocked, 'openCircuit'> = (state, event, limits) => [blocked(opened(state, event, limits))]

const cutOff: Move<Connecting | Open | Probing, 'openCircuit'> = (state, event, limits) => [
  blocked({ ...opened(state, event, limits), reconnecting: true }),
  ...partingEffects(state, 1000, 'circuit opened', { code: 'CIRCUIT_OPEN' }),
]

const reset = (state: Common): Common => ({ ...state, retryCount: 0, delay: undefined, circuit: closedCircuit() })
const mend: Move<State, 'closeCircuit'> = (state) => [reset(state) as State]
const mendAndDial: Move<Waiting | Blocked, 'closeCircuit'> = (state, event, limits) =>
  state.phase === 'waiting' && state.circuit.state === 'CLOSED'
    ? mend(state, event, limits)
    : dial(reset(state), event, limits)

/** A wish while BLOCKED changes nothing, unless the deadline has passed and its timer is late (R9). */
const overdue =
  (
    move: (state: Common, event: Stamp, limits: Limits) => Step,
    otherwise: (state: Blocked) => Step,
  ): Move<Blocked, 'connect' | 'reconnect'> =>
  (state, event, limits) =>
    event.now >= state.until ? move(state, event, limits) : otherwise(state)

// ── waiting, and the world ───────────────────────────────────────────────────────────────────────────────────────

const redial: Move<Waiting, 'timeout'> = (state, event, limits) => dial(state, event, limits, state.free)
const dialNow: Move<Waiting, 'reconnect'> = (state, event, limits) => dial(state, event, limits)

/** Within a second, each client at its own moment; the retry is not charged (R15). */
const soon =
  (change: Partial<Common>): Move<Waiting, 'online' | 'wake'> =>
  (state, { now, random }) => [
    { ...state, ...change, free: true, until: Math.min(state.until, now + Math.round(random * 1000)) },
  ]

/** Offline is a hint, not a fact: the wait grows, the trying goes on (R15). */
const stretch: Move<Waiting, 'offline'> = (state, { now }, limits) =>
  state.offline ? [state] : [{ ...state, offline: true, until: Math.max(state.until, now + limits.maxDelay) }]

/** The world came back, and with it one full budget for a client that had used up its own (R6). */
const revive =
  (change: Partial<Common>): Move<Failed, 'online' | 'wake'> =>
  (state, event, limits) => {
    if (!state.exhausted || state.revived) return [{ ...state, ...change }]
    const circuit = thaw(state.circuit, limits, event.now)
    const next = { ...common(state), ...change, ...renewed, circuit, revived: true, reconnecting: true }
    if (circuit.state === 'OPEN') return [blocked(next)]
    return [{ ...next, phase: 'waiting', free: false, until: event.now + Math.round(event.random * 1000) }]
  }

const again: Move<Failed, 'connect'> = (state, event, limits) => begin(zeroed(state), event, limits)
const againNow: Move<Failed, 'reconnect'> = (state, event, limits) => hurry(zeroed(state), event, limits)
const start: Move<Idle | Closed, 'reconnect'> = (state, event, limits) => hurry({ ...state, ...renewed }, event, limits)

const online = stay({ offline: false })
const offline = stay({ offline: true })
const freeze = stay({ excused: true })

// biome-ignore format: the table is the point
export const chart: Chart = {
  idle:       { connect,                 reconnect: start,    close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect: forget },
  connecting: { reconnect: replace,      close: cancel,       openCircuit: cutOff,                  closeCircuit: mend,        redirect,
                opened: settle,          lost,                refused,         timeout: abandon,    online,                    offline,                           freeze },
  open:       { reconnect: replace,      close: leave,        openCircuit: cutOff,                  closeCircuit: mend,        redirect,         adjust,
                lost,                    timeout: beat,       online: probe({ offline: false }),      offline: probe({ offline: true }), wake: probe({}),          freeze },
  probing:    { reconnect: replace,      close: leave,        openCircuit: cutOff,                  closeCircuit: mend,        redirect,         adjust,
                lost,                    timeout: beat,       online: probe({ offline: false }),      offline: probe({ offline: true }), wake: probe({}),          freeze },
  closing:    { connect: after(begin),   reconnect: after(hurry),              openCircuit: trip,   closeCircuit: mend,        redirect: forget,
                lost: left,              timeout: giveUpClosing,               online,              offline },
  waiting:    { reconnect: dialNow,      close: stop,         openCircuit: block,                   closeCircuit: mendAndDial, redirect,
                timeout: redial,         online: soon({ offline: false }),     offline: stretch,    wake: soon({}) },
  blocked:    { connect: overdue(begin, (s) => [s]),                 reconnect: overdue(hurry, report),
                close: stop,             openCircuit: block,  closeCircuit: mendAndDial,            redirect,
                timeout: begin,          online,              offline },
  failed:     { connect: again,          reconnect: againNow, close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect,
                online: revive({ offline: false }),           offline,         wake: revive({}) },
  closed:     { connect,                 reconnect: start,    close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect: forget },
}

/** The next state and the effects; the same state and none where the chart has no such cell. */
export function transition(state: State, event: ChartEvent & Stamp, limits: Limits): Step {
  const move = chart[state.phase][event.type] as ((s: State, e: typeof event, l: Limits) => Step) | undefined
  return move ? move(state, event, limits) : [state]
}

/** The requirement's state for a phase (R1). */
export function visibleState({ phase }: State): ConnectionState {
  if (phase === 'probing') return 'OPEN'
  if (phase === 'idle' || phase === 'waiting') return 'CLOSED'
  return phase.toUpperCase() as ConnectionState
}
