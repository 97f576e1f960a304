/**
 * Owns when news is told (R31): at once, then once per macrotask, and under a burst once per frame. One pace for all who
 * share a scheduler: a thousand clients that open in a thousand tasks cost a handful of renders and not a thousand.
 * Must never use requestAnimationFrame (a hidden tab stops it), nor hold a timer while nobody reads.
 *
 *   idle ──news: told──▶ resting ──more news──▶ behind ──end of the task, then of the frame: told──▶ resting …
 *    ▲                      │
 *    └── a frame passed without news
 */

import type { Clock } from '../index.ts'

/** Somebody with readers. */
export interface Notifiable {
  /** Tells them what there is now. */
  publish(): void
  /** Its latest news has not been told. Who publishes past the pace sets it to false. */
  isBehind?: boolean
  /** The last turn it was told in, and the last one it could not wait for: the scheduler's own notes. */
  turn?: number
  urgentTurn?: number
}

export interface NotifyScheduler {
  /** It has readers from now on, or none any more. */
  join(member: Notifiable): void
  leave(member: Notifiable): void
  /** It has news; what is urgent need not wait, once per frame. */
  notify(member: Notifiable, isUrgent?: boolean): void
}

/** The shortest time between two notifications under a burst, ms: one frame at 60 Hz. */
const FRAME = 16

export function createNotifyScheduler(timers: Pick<Clock, 'setTimeout' | 'clearTimeout'>): NotifyScheduler {
  let members = 0
  let behind: Notifiable[] = []
  let timer: unknown
  /** One stretch in which everybody may tell its first news at once. */
  let turn = 1
  let isOpen = true

  const tell = (member: Notifiable) => {
    member.isBehind = false
    member.turn = turn
    member.publish()
  }
  // The first rest ends with the running task, all others with a frame: one more piece of news may then go out at
  // once, as when CONNECTING is soon followed by OPEN, and only what comes even faster is a burst.
  const rest = (ms: number) => {
    timer = timers.setTimeout(() => {
      const waiting = behind.filter(({ isBehind }) => isBehind)
      behind = []
      timer = undefined
      turn++
      isOpen = !waiting.length
      if (!isOpen || !ms) rest(FRAME)
      for (const member of waiting) if (member.isBehind) tell(member)
    }, ms)
  }
  /** The news of one task is one render, whoever it comes from; with the next task the others wait. */
  const endWithTask = () => {
    const mine = turn
    Promise.resolve().then(() => {
      if (turn === mine) isOpen = false
    })
  }

  return {
    join() {
      members++
    },
    leave(member) {
      member.isBehind = false
      if (--members) return
      if (timer !== undefined) timers.clearTimeout(timer)
      timer = undefined
      behind = []
      turn++
      isOpen = true
    },
    notify(member, isUrgent) {
      const isNow = (isOpen && member.turn !== turn) || (isUrgent && member.urgentTurn !== turn)
      if (isUrgent) member.urgentTurn = turn
      if (isNow) {
        if (timer === undefined) rest(0)
        endWithTask()
        tell(member)
      } else if (!member.isBehind) {
        member.isBehind = true
        behind.push(member)
      }
    },
  }
}

/** For a world under test that renders by itself whatever it does: nothing waits. */
export const unpaced: NotifyScheduler = {
  join() {},
  leave() {},
  notify: (member) => member.publish(),
}
