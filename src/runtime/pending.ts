/**
 * Owns what a listener has asked for and is not done yet: until it is, calls that come after it count as coming after it
 * (R16, R17, R20, R29). Must never change anything.
 */

import type { EventType } from '../machine/events.ts'
import { isResting, type Phase } from '../machine/states.ts'
import type { EventLoop } from './event-loop.ts'

type Line = Pick<EventLoop<{ readonly type: EventType }>, 'someEvent'>

/** Whether `close()` has been called. */
export const isAskedToClose = (line: Line): boolean => line.someEvent(({ type }) => type === 'close')

/** The phase as it will be. */
export function phaseToCome(line: Line, phase: Phase): Phase {
  line.someEvent(({ type }) => {
    if (type === 'close') phase = 'closed'
    else if (type === 'connect' || type === 'reconnect') phase = 'connecting'
    else if (type === 'openCircuit' && phase !== 'closing' && !isResting(phase)) phase = 'blocked'
    else if (type === 'closeCircuit' && phase === 'blocked') phase = 'connecting'
    return false
  })
  return phase
}

/** Where a message goes that is sent now: to this connection, to the next one, or nowhere. */
export function routeToCome(line: Line, phase: Phase): 'this' | 'next' | 'nowhere' {
  let isLeaving = phase === 'closing' || phase === 'closed'
  let isDirect = true
  line.someEvent(({ type }) => {
    if (type === 'close') isLeaving = true
    else if (type === 'connect' || type === 'reconnect' || type === 'prepare') isLeaving = false
    if (isLeaving || type === 'reconnect' || type === 'urlChanged' || type === 'openCircuit') isDirect = false
    return false
  })
  return isLeaving ? 'nowhere' : isDirect ? 'this' : 'next'
}
