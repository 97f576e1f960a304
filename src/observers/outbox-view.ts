/**
 * Owns what components see of an outbox and of a message in it, at the pace of all (R31): a thousand messages are a render a
 * frame, and only for who reads what has changed. Must never keep a message.
 */

import type { Store } from '../index.ts'
import type { Delivery, DeliveryStatus, OutboxSnapshot, Session } from '../session/index.ts'
import { createPacedStore } from './paced-store.ts'
import { createTrackedView } from './tracked-view.ts'

const FIELDS = ['entries', 'size', 'bytes', 'isDurable'] as const

/** What `useOutbox` returns: reading a field subscribes to it, spreading reads all. */
export interface OutboxView<T = unknown> extends OutboxSnapshot<T>, OutboxFunctions<T> {}

/** The functions keep their identity. */
type OutboxFunctions<T> = Pick<Session<T>, 'send'> & Pick<Session<T>['outbox'], 'retry' | 'discard' | 'clear'>

/** The snapshot at the pace of all. */
export const outboxStore = <T>({ outbox, ws }: Session<T, any>): Store<OutboxSnapshot<T>> =>
  createPacedStore(outbox as Session<T>['outbox'], ws.options.clock)

export function createOutboxView<T>(session: Session<T, any>): Store<OutboxView<T>> {
  const { retry, discard, clear } = session.outbox
  const send: Session<T>['send'] = (data, options) => session.send(data, options)
  return createTrackedView(outboxStore(session), FIELDS, { send, retry, discard, clear })
}

/** What has become of a message; nothing has become of none. */
export function deliveryStore({ outbox, ws }: Session<any, any>, delivery: Delivery | null | undefined) {
  const getSnapshot = (): DeliveryStatus | undefined => delivery?.status
  return createPacedStore(
    { subscribe: outbox.subscribe, getSnapshot, getServerSnapshot: getSnapshot },
    ws.options.clock,
  )
}
