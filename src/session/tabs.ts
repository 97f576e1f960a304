/**
 * Owns how the tabs of one outbox know of each other: which of them drains, and the bell that something has changed.
 * Must never carry a message: a bell that nobody hears is gone.
 */

import type { Browser, Channel } from './browser.ts'

/** Ms between two looks where there is no bell, and between two renewals where there is no lock. */
const LOOK = 3000
/** Ms that the lead is left to a tab that does not renew it. */
const LEASE = 10_000

export interface Tabs {
  /** Tells the other tabs. */
  ring(): void
  watch(listener: () => void): () => void
  lead(listener: (isLeading: boolean) => void): () => void
}

/** `renew` takes or keeps the lease for so long, or gives it back with 0; resolves with whether it is ours. */
export function createTabs(browser: Browser, name: string, renew: (ms: number) => Promise<boolean>): Tabs {
  const listeners = new Set<() => void>()
  let channel: Channel | undefined
  let stop = () => {}

  const every = (ms: number, fn: () => void) => {
    let timer = browser.setTimeout(function again() {
      timer = browser.setTimeout(again, ms)
      fn()
    }, ms)
    return () => browser.clearTimeout(timer)
  }
  const hear = () => {
    listeners.forEach((listener) => listener())
  }
  const open = () => {
    const made = browser.channel?.(name)
    made?.unref?.()
    return made
  }
  const lease = (listener: (isLeading: boolean) => void) => {
    let isOver = false
    let isLeading = false
    const look = async () => {
      const isOurs = await renew(LEASE).catch(() => false)
      if (isOver) {
        if (isOurs) await renew(0).catch(() => false)
      } else if (isOurs !== isLeading) listener((isLeading = isOurs))
    }
    const end = every(LOOK, look)
    look()
    return () => {
      isOver = true
      end()
      if (isLeading) renew(0).catch(() => false)
    }
  }

  return {
    ring() {
      const bell = channel || open()
      bell?.postMessage(0)
      if (bell !== channel) bell?.close()
    },
    watch(listener) {
      const own = () => listener()
      listeners.add(own)
      if (listeners.size === 1) {
        channel = open()
        if (channel) channel.onmessage = hear
        const ends = [browser.onVisible(hear), channel ? () => channel?.close() : every(LOOK, hear)]
        stop = () => {
          for (const end of ends) end()
          channel = undefined
        }
      }
      return () => {
        if (listeners.delete(own) && !listeners.size) stop()
      }
    },
    lead(listener) {
      const { locks } = browser
      let isOver = false
      let leave = () => {}
      if (!locks) return lease(listener)
      const ask = () => {
        let isLeading = false
        const held = () =>
          new Promise<void>((resolve) => {
            if (isOver) return resolve()
            leave = resolve
            listener((isLeading = true))
          })
        locks.request(name, held).catch(() => {
          if (isOver) return
          // Stolen; or not to be had at all.
          if (!isLeading) leave = lease(listener)
          else {
            listener(false)
            ask()
          }
        })
      }
      ask()
      return () => {
        isOver = true
        leave()
      }
    },
  }
}
