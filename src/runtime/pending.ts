/**
 * Owns what a listener has asked for and is not done yet: until it is, calls that come after it count as coming after it
 * (R16, R17, R20, R29). Must never change anything.
 */

import type { EventType } from '../machine/events.ts'
import { isResting, type Phase } from '../machine/states.ts'
import type { EventLoop } from './event-loop.ts'

type Pending = { readonly type: EventType }
type Inbox = Pick<EventLoop<Pending>, 'someEvent' | 'hasEvents'>

const isClose = ({ type }: Pending) => type === 'close'

/** Whether `close()` has been called. Asked for every message, so nothing is allocated where nothing waits (R21). */
export const isAskedToClose = (inbox: Inbox): boolean => inbox.hasEvents && inbox.someEvent(isClose)

/** The phase as it will be. */
export function phaseToCome(inbox: Inbox, phase: Phase): Phase {
  inbox.someEvent(({ type }) => {
    if (type === 'close') phase = 'closed'
    else if (type === 'connect' || type === 'reconnect') phase = 'connecting'
    else if (type === 'openCircuit' && phase !== 'closing' && !isResting(phase)) phase = 'blocked'
    else if (type === 'closeCircuit' && phase === 'blocked') phase = 'connecting'
    return false
  })
  return phase
}

/** Where a message goes that is sent now: to this connection, to the next one, or nowhere. `isLeaving`: as things stand. */
export function routeAfter(inbox: Inbox, isLeaving: boolean): 'this' | 'next' | 'nowhere' {
  let isDirect = true
  inbox.someEvent(({ type }) => {
    if (type === 'close') isLeaving = true
    else if (type === 'connect' || type === 'reconnect' || type === 'prepare') isLeaving = false
    if (isLeaving || type === 'reconnect' || type === 'urlChanged' || type === 'openCircuit') isDirect = false
    return false
  })
  return isLeaving ? 'nowhere' : isDirect ? 'this' : 'next'
}
