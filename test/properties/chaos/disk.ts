/**
 * Owns the pages' shared outbox in a chaos run: every step takes time, is done wholly or not at all, and may or may not be done when
 * its page dies first; there can be no room; the lead can be stolen from a page that is frozen. It writes down which message has
 * which number, for ever. Must never reorder steps.
 */

import { memoryOutbox, type OpenOutbox, type OutboxStore } from '../../../src/session/index.ts'
import type { Page } from './page.ts'
import type { Time } from './time.ts'

interface Job {
  readonly page: Page
  readonly apply: () => Promise<unknown>
  readonly resolve: (value: any) => void
  readonly reject: (error: unknown) => void
}

interface Place {
  readonly page: Page
  readonly listener: (isLeading: boolean) => void
  hasLeft: boolean
}

export class Disk {
  readonly #time: Time
  readonly #random: () => number
  readonly #box: OpenOutbox
  #jobs: Job[] = []
  #isWorking = false
  isFull = false
  /** Number → what the message says. */
  readonly numbered = new Map<number, unknown>()
  /** Numbers that were ever flagged. */
  readonly flagged = new Set<number>()
  readonly #bells = new Map<() => void, Page>()
  #queue: Place[] = []

  constructor(time: Time, random: () => number) {
    this.#time = time
    this.#random = random
    this.#box = memoryOutbox().open('chaos')
  }

  read = () => this.#box.read()

  /** As one page has it. */
  storeOf(page: Page): OutboxStore {
    return { open: () => this.#open(page) }
  }

  /** Somebody takes the lead from a page that does not notice for a while. */
  steal(noticedAfter: number): void {
    const [first, ...others] = this.#queue
    if (!first || !others.length) return
    this.#queue = others
    this.#lead()
    this.#time.later(noticedAfter, () => first.page.run(() => first.hasLeft || first.listener(false)))
    this.#time.later(noticedAfter + 50, () => {
      if (!first.page.isDead && !first.hasLeft) this.#queue.push(first)
      this.#lead()
    })
  }

  /** The page is gone: what it has asked for may be done, and it leads no more. */
  forget(page: Page): void {
    for (const [bell, owner] of this.#bells) if (owner === page) this.#bells.delete(bell)
    this.#jobs = this.#jobs.filter((job) => job.page !== page || this.#random() < 0.5)
    const had = this.#queue[0]
    this.#queue = this.#queue.filter((each) => each.page !== page)
    if (this.#queue[0] !== had) this.#lead()
  }

  #lead(): void {
    const first = this.#queue[0]
    if (!first) return
    this.#time.later(1, () => {
      if (this.#queue[0] === first) first.page.run(() => first.listener(true))
    })
  }

  #do<T>(page: Page, apply: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ page, apply, resolve, reject })
      this.#work()
    })
  }

  #work(): void {
    if (this.#isWorking || !this.#jobs.length) return
    this.#isWorking = true
    this.#time.later(0.3 + this.#random() * 2, async () => {
      const jobs = this.#jobs
      this.#jobs = []
      for (const { page, apply, resolve, reject } of jobs) {
        try {
          const value = await apply()
          page.run(() => resolve(value))
        } catch (error) {
          page.run(() => reject(error))
        }
      }
      this.#isWorking = false
      this.#work()
    })
  }

  #ring(page: Page): void {
    for (const [bell, owner] of this.#bells) if (owner !== page) this.#time.later(0.5, () => owner.run(bell))
  }

  #open(page: Page): OpenOutbox {
    const box = this.#box
    const quota = () => {
      if (this.isFull) throw Object.assign(new Error('no room'), { name: 'QuotaExceededError' })
    }
    return {
      isDurable: true,
      add: (messages, first) =>
        this.#do(page, async () => {
          quota()
          const numbered = await box.add(messages, first)
          const n = numbered.first
          messages.forEach(({ data }, i) => {
            if (this.numbered.has(n + i)) throw new Error(`number ${n + i} was given twice`)
            this.numbered.set(n + i, data)
          })
          this.#ring(page)
          return numbered
        }),
      read: () => this.#do(page, () => box.read()),
      change: (change) =>
        this.#do(page, async () => {
          // Deleting needs no room.
          if (!change.remove?.length && this.#random() < 0.5) quota()
          await box.change(change)
          for (const { n, isUncertain } of change.replace || []) if (isUncertain) this.flagged.add(n)
          this.#ring(page)
        }),
      lead: (listener) => {
        const place: Place = { page, listener, hasLeft: false }
        if (this.#queue.push(place) === 1) this.#lead()
        return () => {
          place.hasLeft = true
          const had = this.#queue[0]
          this.#queue = this.#queue.filter((each) => each !== place)
          if (this.#queue[0] !== had) this.#lead()
        }
      },
      watch: (listener) => {
        const bell = () => listener()
        this.#bells.set(bell, page)
        return () => this.#bells.delete(bell)
      },
    }
  }
}
