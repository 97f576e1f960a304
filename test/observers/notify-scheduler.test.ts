/** When news is told: R31, without any client. */

import { describe, expect, it } from 'vitest'
import { createNotifyScheduler, type Notifiable, unpaced } from '../../src/observers/notify-scheduler.ts'
import { VirtualClock } from '../support/index.ts'

function setup(names: readonly string[] = ['a']) {
  const clock = new VirtualClock()
  const scheduler = createNotifyScheduler(clock)
  const told: string[] = []
  const members = names.map((name): Notifiable => ({ publish: () => void told.push(name) }))
  for (const member of members) scheduler.join(member)
  const take = () => told.splice(0).join()
  return { clock, scheduler, members, first: members[0] as Notifiable, take }
}

/** The running callback has ended, and with it its microtasks. */
const nextTask = () => Promise.resolve()

describe('the pace', () => {
  it('[R31] tells first news at once, and what follows in the same task at its end', () => {
    const { clock, scheduler, first, take } = setup()
    scheduler.notify(first)
    expect(take()).toBe('a')
    for (let i = 0; i < 1000; i++) scheduler.notify(first)
    expect([take(), !!first.isBehind]).toEqual(['', true])
    clock.advance(0)
    expect([take(), !!first.isBehind]).toEqual(['a', false])
  })

  it('[R31] tells one more piece of news at once soon after the first', async () => {
    const { clock, scheduler, first, take } = setup()
    scheduler.notify(first)
    clock.advance(0)
    await nextTask()
    scheduler.notify(first)
    expect(take()).toBe('a,a')
    scheduler.notify(first)
    expect(take()).toBe('')
    clock.advance(16)
    expect(take()).toBe('a')
  })

  it('[R31] tells once per 16 ms under a burst, and rests when it is over', () => {
    const { clock, scheduler, first, take } = setup()
    for (let ms = 0; ms < 160; ms++) {
      scheduler.notify(first)
      clock.advance(1)
    }
    expect(take().split(',').length).toBeLessThanOrEqual(12)
    clock.advance(100)
    take()
    expect(clock.timers).toBe(0)
    scheduler.notify(first)
    expect(take()).toBe('a')
  })

  it('[R31] lets everybody tell its first news of one task in that task', () => {
    const { scheduler, members, take } = setup(['a', 'b', 'c'])
    for (const member of members) scheduler.notify(member)
    expect(take()).toBe('a,b,c')
  })

  it('[R31] a thousand members with news in a task each are told in a handful of turns', async () => {
    const { clock, scheduler, members, take } = setup(Array.from({ length: 1000 }, (_, i) => String(i)))
    const turns: number[] = []
    const look = () => {
      const count = take().split(',').filter(Boolean).length
      if (count) turns.push(count)
    }
    for (const member of members) {
      scheduler.notify(member)
      look()
      await nextTask()
    }
    clock.advance(0)
    look()
    expect(turns).toEqual([1, 999])
  })

  it('[R31] what is urgent need not wait, once per turn', async () => {
    const { clock, scheduler, first, take } = setup()
    scheduler.notify(first)
    await nextTask()
    take()
    scheduler.notify(first, true)
    expect(take()).toBe('a')
    scheduler.notify(first, true)
    expect(take()).toBe('')
    clock.advance(0)
    expect(take()).toBe('a')
  })

  it('[R31] holds no timer once nobody reads, and begins afresh', async () => {
    const { clock, scheduler, members, take } = setup(['a', 'b'])
    const [a, b] = members as [Notifiable, Notifiable]
    scheduler.notify(a)
    await nextTask()
    scheduler.notify(a)
    scheduler.notify(b)
    expect(clock.timers).toBe(1)
    scheduler.leave(a)
    expect(clock.timers).toBe(1)
    scheduler.leave(b)
    expect(clock.timers).toBe(0)
    clock.advance(100)
    expect(take()).toBe('a')
    scheduler.join(b)
    scheduler.notify(b)
    expect(take()).toBe('b')
  })

  it('[R31] one that leaves while others are told is not told', () => {
    const { clock, scheduler, members, take } = setup(['a', 'b'])
    const [a, b] = members as [Notifiable, Notifiable]
    const leaving: Notifiable = { publish: () => scheduler.leave(b) }
    scheduler.join(leaving)
    for (const member of [leaving, a, b]) scheduler.notify(member)
    take()
    for (const member of [leaving, a, b]) scheduler.notify(member)
    clock.advance(0)
    expect(take()).toBe('a')
  })

  it('[R31] what has been published past the pace is told no second time', async () => {
    const { clock, scheduler, first, take } = setup()
    scheduler.notify(first)
    await nextTask()
    scheduler.notify(first)
    first.isBehind = false
    clock.advance(100)
    expect(take()).toBe('a')
  })
})

it('[R31] in a world that renders by itself nothing waits', () => {
  const told: string[] = []
  const member: Notifiable = { publish: () => void told.push('a') }
  unpaced.join(member)
  for (let i = 0; i < 3; i++) unpaced.notify(member)
  unpaced.leave(member)
  expect([told, !!member.isBehind]).toEqual([['a', 'a', 'a'], false])
})
