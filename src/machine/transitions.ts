/**
 * The life of a connection as one table: phase × event → move. Read this file first.
 *
 * A move is a pure function of (state, event, limits) that answers with the next state and the effects the shell has
 * to carry out; a missing cell means that the event changes nothing there. Every state carries `until`, the moment it
 * wants to hear `timeout`. Must never touch a socket, a timer, a listener or a clock.
 */

import { LONGEST_TIMER } from '../policy/backoff.ts'
import { closedCircuit, openCircuit, thaw } from '../policy/circuit-breaker.ts'
import {
  after,
  cancel,
  forget,
  giveUpClosing,
  leave,
  left,
  prepare,
  redirect,
  replace,
  report,
  stop,
  suspend,
} from './closing.ts'
import { adjust, beat, probe, settle } from './connected.ts'
import {
  abandon,
  begin,
  blocked,
  comeBack,
  dial,
  hurry,
  lost,
  momentSoon,
  partingEffects,
  refused,
} from './connecting.ts'
import {
  type Blocked,
  type ChartEvent,
  type Closed,
  type Closing,
  type Common,
  type Connecting,
  type ConnectionState,
  type ConnectionStatus,
  common,
  type EventType,
  type Failed,
  type Idle,
  type Limits,
  type Move,
  type Open,
  type Phase,
  type Probing,
  renewed,
  type Stamp,
  type Stamped,
  type State,
  type Step,
  type Suspended,
  type Waiting,
} from './states.ts'

const zeroed = (state: Common): Common => ({ ...state, ...renewed, circuit: { ...state.circuit, failures: 0 } })

/** A fresh wish renews the budget, not the circuit's count (R24). */
const connect = (state: Idle | Closed, event: Stamp, limits: Limits): Step =>
  begin({ ...state, ...renewed }, event, limits)

/** Same phase, other facts. */
const stay =
  <S extends State>(change: Partial<Common> & { excused?: boolean }) =>
  (state: S): Step => [{ ...state, ...change }]

const opened = (state: Common, event: Stamped<'openCircuit'>, limits: Limits): Common => ({
  ...state,
  circuit: openCircuit(state.circuit, limits, event.now, event.random, event.duration),
})

const trip: Move<Idle | Closed | Failed | Closing | Suspended, 'openCircuit'> = (state, event, limits) => [
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
  state.circuit.state === 'CLOSED' ? mend(state, event, limits) : dial(reset(state), event, limits)

/** A wish while BLOCKED changes nothing, unless the deadline has passed and its timer is late (R9). */
const overdue =
  (
    move: (state: Common, event: Stamp, limits: Limits) => Step,
    otherwise: (state: Blocked) => Step,
  ): Move<Blocked, 'connect' | 'reconnect'> =>
  (state, event, limits) =>
    event.now >= state.until ? move(state, event, limits) : otherwise(state)

const redial: Move<Waiting, 'timeout'> = (state, event, limits) => dial(state, event, limits, state.free)
const dialNow: Move<Waiting, 'reconnect'> = (state, event, limits) => dial(state, event, limits)

/** Within a second, each client at its own moment; the retry is not charged, and further news change nothing (R15). */
const soon =
  (change: Partial<Common>): Move<Waiting, 'online' | 'wake'> =>
  (state, event) => {
    const next = { ...state, ...change }
    const isOnItsWay = state.free && state.until <= event.now + 1000
    const hadItsTurn = state.circuit.state === 'HALF-OPEN' && state.circuit.hastened && !state.offline
    if (isOnItsWay || hadItsTurn) return [next]
    return [{ ...next, free: true, until: Math.min(state.until, momentSoon(event)) }]
  }

/** Offline is a hint, not a fact: the wait grows, the trying goes on (R15). */
const stretch: Move<Waiting, 'offline'> = (state, { now }, limits) =>
  state.offline
    ? [state]
    : [{ ...state, offline: true, until: Math.max(state.until, now + Math.min(limits.maxDelay, LONGEST_TIMER)) }]

/** How long after a revival the world may revive a client again that nothing has proven meanwhile, ms (R6). */
const REVIVAL = 60_000

/** The world came back, and with it one full budget for a client that had used up its own (R6). */
const revive =
  (change: Partial<Common>): Move<Failed, 'online' | 'wake'> =>
  (state, event, limits) => {
    if (!state.exhausted || event.now < state.revivedAt + REVIVAL) return [{ ...state, ...change }]
    const next = { ...common(state), ...change, ...renewed, revivedAt: event.now, reconnecting: true }
    return comeBack(next, event, limits, false)
  }

/** BLOCKED: what had failed may have been this device, and the news is that it is back (R15). */
const unblock =
  (change: Partial<Common>): Move<Blocked, 'online' | 'wake'> =>
  (state, event, limits) =>
    comeBack({ ...state, ...change }, event, limits)

/** The page is seen again: at once, at no cost (R15). */
const resume: Move<Suspended, 'wake'> = (state, event, limits) => {
  const circuit = thaw(state.circuit, limits, event.now)
  return circuit.state === 'OPEN' ? comeBack(state, event, limits) : dial({ ...state, circuit }, event, limits, true)
}

const again: Move<Failed, 'connect'> = (state, event, limits) => begin(zeroed(state), event, limits)
const againNow: Move<Failed, 'reconnect'> = (state, event, limits) => hurry(zeroed(state), event, limits)
const start: Move<Idle | Closed, 'reconnect'> = (state, event, limits) => hurry({ ...state, ...renewed }, event, limits)

const online = stay({ offline: false })
const offline = stay({ offline: true })
const freeze = stay({ excused: true })

export type Chart = {
  readonly [P in Phase]: { readonly [E in EventType]?: Move<Extract<State, { phase: P }>, E> }
}

// biome-ignore format: the table is the point
export const chart: Chart = {
  idle:       { connect,                 reconnect: start,    close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect: forget },
  connecting: { reconnect: replace,      close: cancel,       openCircuit: cutOff,                  closeCircuit: mend,        redirect,
                opened: settle,          lost,                refused,         timeout: abandon,    online,                    offline,                           freeze,   suspend },
  open:       { reconnect: replace,      close: leave,        openCircuit: cutOff,                  closeCircuit: mend,        redirect,         adjust,
                lost,                    timeout: beat,       online: probe({ offline: false }),      offline: probe({ offline: true }), wake: probe({}),          freeze,   suspend },
  probing:    { reconnect: replace,      close: leave,        openCircuit: cutOff,                  closeCircuit: mend,        redirect,         adjust,
                lost,                    timeout: beat,       online: probe({ offline: false }),      offline: probe({ offline: true }), wake: probe({}),          freeze,   suspend },
  closing:    { connect: after(begin),   reconnect: after(hurry),              openCircuit: trip,   closeCircuit: mend,        redirect: forget,
                lost: left,              timeout: giveUpClosing,               online,              offline,             prepare },
  waiting:    { reconnect: dialNow,      close: stop,         openCircuit: block,                   closeCircuit: mendAndDial, redirect,
                timeout: redial,         online: soon({ offline: false }),     offline: stretch,    wake: soon({}),           suspend },
  blocked:    { connect: overdue(begin, (s) => [s]),                 reconnect: overdue(hurry, report),
                close: stop,             openCircuit: block,  closeCircuit: mendAndDial,            redirect,
                timeout: begin,          online: unblock({ offline: false }),  offline,             wake: unblock({}),        suspend },
  suspended:  { connect: begin,          reconnect: hurry,    close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect: forget,
                online,                  offline,             wake: resume },
  failed:     { connect: again,          reconnect: againNow, close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect,
                online: revive({ offline: false }),           offline,         wake: revive({}) },
  closed:     { connect,                 reconnect: start,    close: stop,     openCircuit: trip,   closeCircuit: mend,        redirect: forget,        prepare },
}

/** The next state and the effects; the same state and none where the chart has no such cell. */
export function transition(state: State, event: ChartEvent & Stamp, limits: Limits): Step {
  const move = chart[state.phase][event.type] as ((s: State, e: typeof event, l: Limits) => Step) | undefined
  return move ? move(state, event, limits) : [state]
}

/** What a user sees of each phase: the requirement's state (R1), and the one word that says it to a person (R26). */
const visible: { readonly [P in Phase]: readonly [ConnectionState, ConnectionStatus] } = {
  idle: ['CLOSED', 'idle'],
  connecting: ['CONNECTING', 'connecting'],
  open: ['OPEN', 'open'],
  probing: ['OPEN', 'open'],
  closing: ['CLOSING', 'closing'],
  waiting: ['CLOSED', 'waiting'],
  blocked: ['BLOCKED', 'blocked'],
  suspended: ['CLOSED', 'waiting'],
  failed: ['FAILED', 'failed'],
  closed: ['CLOSED', 'closed'],
}

export const visibleState = ({ phase }: State): ConnectionState => visible[phase][0]
export const visibleStatus = ({ phase }: State): ConnectionStatus => visible[phase][1]
