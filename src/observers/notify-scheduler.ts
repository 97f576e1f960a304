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
  /** The last turn it was told in, and the last one it could not wait for. The scheduler writes them. */
  turn?: number
  urgentTurn?: number
}

export interface NotifyScheduler {
  /** It has readers from now on, or none any more. */
  join(member: Notifiable): void
  leave(member: Notifiable): void
  /** It has news; what is urgent need not wait, once per frame. */
  notify(member: Notifiable, isUrgent?: boolean): void
  /** Whether its latest news has not been told. */
  isBehind(member: Notifiable): boolean
  /** It has published past the pace, so that it is not behind any more. */
  published(member: Notifiable): void
}

/** The shortest time between two notifications under a burst, ms: one frame at 60 Hz. */
const FRAME = 16

export function createNotifyScheduler(timers: Pick<Clock, 'setTimeout' | 'clearTimeout'>): NotifyScheduler {
  const members = new Set<Notifiable>()
  const behind = new Set<Notifiable>()
  let timer: unknown
  /** One stretch in which everybody may tell its first news at once. */
  let turn = 1
  let isOpen = true
  let endingTurn = 0

  const tell = (member: Notifiable) => {
    behind.delete(member)
    member.turn = turn
    member.publish()
  }
  // The first rest ends with the running task, all others with a frame: one more piece of news may then go out at
  // once, as when CONNECTING is soon followed by OPEN, and only what comes even faster is a burst.
  const rest = (ms: number) => {
    timer = timers.setTimeout(() => {
      timer = undefined
      turn++
      isOpen = !behind.size
      if (!isOpen || !ms) rest(FRAME)
      for (const member of [...behind]) if (behind.has(member)) tell(member)
    }, ms)
  }
  /** The news of one task is one render, whoever it comes from; with the next task the others wait. */
  const endWithTask = () => {
    if (endingTurn === turn) return
    const mine = turn
    endingTurn = mine
    Promise.resolve().then(() => {
      if (turn === mine) isOpen = false
    })
  }

  return {
    join: (member) => void members.add(member),
    leave(member) {
      members.delete(member)
      behind.delete(member)
      if (members.size) return
      if (timer !== undefined) timers.clearTimeout(timer)
      timer = undefined
      turn++
      isOpen = true
    },
    notify(member, isUrgent) {
      const isNow = (isOpen && member.turn !== turn) || (isUrgent && member.urgentTurn !== turn)
      if (isUrgent) member.urgentTurn = turn
      if (!isNow) {
        behind.add(member)
        return
      }
      if (timer === undefined) rest(0)
      endWithTask()
      tell(member)
    },
    isBehind: (member) => behind.has(member),
    published: (member) => void behind.delete(member),
  }
}

/** For a world under test that renders by itself whatever it does: nothing waits. */
export const unpaced: NotifyScheduler = {
  join() {},
  leave() {},
  notify: (member) => member.publish(),
  isBehind: () => false,
  published() {},
}
