/**
 * Owns by which clock views live (R31): all of a page by the platform's and at one pace; those of a virtual world that
 * renders by itself by that world's. Must never hold a timer by itself.
 */

import type { Clock } from '../index.ts'
import { platformTimers, timersInForce } from '../runtime/platform.ts'
import { createNotifyScheduler, type NotifyScheduler, unpaced } from './notify-scheduler.ts'

export interface ViewClock {
  readonly timers: Pick<Clock, 'setTimeout' | 'clearTimeout'>
  readonly scheduler: NotifyScheduler
}

let ofPage: ViewClock | undefined
let timers: unknown

/** The clock of the views of a client with this `clock` option. */
export function viewClock(clock: Clock | undefined): ViewClock {
  if (clock?.drivesViews) return { timers: clock, scheduler: unpaced }
  // With fake timers begins a pace of their own: no reader that an earlier test has left behind may hold it up.
  if (!ofPage || timers !== timersInForce()) {
    timers = timersInForce()
    ofPage = { timers: platformTimers, scheduler: createNotifyScheduler(platformTimers) }
  }
  return ofPage
}
