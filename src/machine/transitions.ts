/**
 * The life of a connection as one table: phase × event → handler. Read this file first.
 *
 * A handler changes a draft of the next state and names the effects that the runtime has to carry out; a missing cell
 * means that the event changes nothing there. Every state carries `until`, the moment it wants to hear `timeout`.
 * Must never touch a socket, a timer, a listener or a clock.
 */

import {
  onCloseCircuit,
  onCloseCircuitWaiting,
  onOpenCircuit,
  onOpenCircuitWanted,
  reconnectBlocked,
} from './circuit.ts'
import {
  afresh,
  cancelAttempt,
  closeAtOnce,
  dialNewAddress,
  forgetAddress,
  onCloseAnswered,
  onCloseTimeout,
  prepare,
  replaceConnection,
  startClosing,
} from './closing.ts'
import { onFreeze, onHeartbeatDeadline, onOpened, onOptionsChanged, pingNow } from './connected.ts'
import { onAttemptFailed, onConnectTimeout, onSocketClosed } from './connecting.ts'
import type { Effect, EventType, Input, Transition } from './events.ts'
import type { ConnectionState, ConnectionStatus, MachineSettings, Phase, State } from './states.ts'
import { connectIfAllowed, connectNow, dial, type Handler } from './steps.ts'
import { bringForward, noteNetwork, postpone, restart, resume, retry, suspend, unblock } from './waiting.ts'

type Row = { readonly [E in EventType]?: Handler<E> }

const connect = /* @__PURE__ */ afresh(connectIfAllowed)
const reconnect = /* @__PURE__ */ afresh(connectNow)
const network = { online: noteNetwork, offline: noteNetwork }

/** Nothing is under way, and nobody wants it. */
// biome-ignore format: the table is the point
const resting: Row = {
  connect,  reconnect,  close: closeAtOnce,
  openCircuit: onOpenCircuit,  closeCircuit: onCloseCircuit,  urlChanged: forgetAddress,
}

/** There is an attempt, or a connection. */
// biome-ignore format: the table is the point
const attempt: Row = {
  reconnect: replaceConnection,
  openCircuit: onOpenCircuitWanted,  closeCircuit: onCloseCircuit,  urlChanged: dialNewAddress,
  socketClosed: onSocketClosed,  freeze: onFreeze,  suspend,
}

/** There is a connection. */
// biome-ignore format: the table is the point
const connected: Row = {
  ...attempt,  close: startClosing,
  timeout: onHeartbeatDeadline,  optionsChanged: onOptionsChanged,
  online: pingNow,  offline: pingNow,  wake: pingNow,
}

/** A connection is wanted, and its time has not come. */
// biome-ignore format: the table is the point
const patient: Row = {
  close: closeAtOnce,
  openCircuit: onOpenCircuitWanted,  closeCircuit: onCloseCircuitWaiting,  urlChanged: dialNewAddress,  suspend,
}

/** Each phase, and what each event does there. */
// biome-ignore format: the table is the point
export const transitions: { readonly [P in Phase]: Row } = {
  idle: resting,

  connecting: {
    ...attempt,  close: cancelAttempt,
    opened: onOpened,  attemptFailed: onAttemptFailed,  timeout: onConnectTimeout,  ...network,
  },

  open: connected,

  awaitingPong: connected,

  closing: {
    connect,  reconnect,
    openCircuit: onOpenCircuit,  closeCircuit: onCloseCircuit,  urlChanged: forgetAddress,  prepare,
    socketClosed: onCloseAnswered,  timeout: onCloseTimeout,  ...network,
  },

  waiting: {
    ...patient,  reconnect: dial,
    timeout: retry,  online: bringForward,  offline: postpone,  wake: bringForward,
  },

  blocked: {
    ...patient,  connect: connectIfAllowed,  reconnect: reconnectBlocked,
    timeout: connectIfAllowed,  online: unblock,  offline: noteNetwork,  wake: unblock,
  },

  suspended: {
    ...resting,  connect: connectIfAllowed,  reconnect: connectNow,
    ...network,  wake: resume,
  },

  failed: {
    ...resting,  urlChanged: dialNewAddress,
    online: restart,  offline: noteNetwork,  wake: restart,
  },

  closed: { ...resting,  prepare },
}

/** The next state and the effects; the same state and none where the table has no such cell. Pure. */
export function transition(state: Readonly<State>, event: Input, settings: MachineSettings): Transition {
  const handler = transitions[state.phase][event.type] as Handler | undefined
  if (!handler) return [state]
  const draft: State = { ...state }
  const result: [State, ...Effect[]] = [draft]
  // Handlers add to the end, and look at nothing.
  handler(draft, event, settings, result as unknown[] as Effect[])
  return result
}

/** What a user sees of each phase: the public state (R1), and the one word that says it to a person (R26). */
export const visible: { readonly [P in Phase]: readonly [ConnectionState, ConnectionStatus] } = {
  idle: ['CLOSED', 'idle'],
  connecting: ['CONNECTING', 'connecting'],
  open: ['OPEN', 'open'],
  awaitingPong: ['OPEN', 'open'],
  closing: ['CLOSING', 'closing'],
  waiting: ['CLOSED', 'waiting'],
  blocked: ['BLOCKED', 'blocked'],
  suspended: ['CLOSED', 'waiting'],
  failed: ['FAILED', 'failed'],
  closed: ['CLOSED', 'closed'],
}
