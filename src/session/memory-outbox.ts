/**
 * Owns the outbox that lives as long as the page: for tests, for Node, and where a browser has no database for us. Those who
 * open the same name of the same store are tabs to each other. Must never outlive anything, nor say that it does.
 */

import { randomId } from './browser.ts'
import { mergeState, newState, tombstone } from './outbox-state.ts'
import type { OpenOutbox, OutboxState, OutboxStore, StoredMessage } from './outbox-store.ts'

interface Box {
  state: OutboxState
  readonly messages: Map<number, StoredMessage>
  readonly bells: Set<() => void>
  /** Who leads comes first. */
  readonly queue: ((isLeading: boolean) => void)[]
}

/** An outbox that is gone when the page is. */
export function memoryOutbox(): OutboxStore {
  const boxes = new Map<string, Box>()
  return {
    open(name) {
      const box: Box = boxes.get(name) || {
        state: newState(randomId()),
        messages: new Map(),
        bells: new Set(),
        queue: [],
      }
      boxes.set(name, box)
      const { messages, bells, queue } = box
      let ownBell: (() => void) | undefined
      const ring = () => bells.forEach((bell) => bell !== ownBell && Promise.resolve().then(bell))
      const open: OpenOutbox = {
        isDurable: false,
        async add(added, least = 0) {
          const first = Math.max(box.state.next, least)
          added.forEach(({ replaces, ...message }, i) => {
            const old = replaces && messages.get(replaces)
            if (old && old.end) messages.set(old.n, tombstone(old))
            else if (old) messages.delete(old.n)
            messages.set(first + i, { ...message, n: first + i })
          })
          box.state = { ...box.state, next: first + added.length }
          ring()
          return { client: box.state.client, first }
        },
        read: async () => ({ ...box.state, messages: [...messages.values()] }),
        async change({ client, remove = [], replace = [], state }) {
          if (client !== box.state.client) return
          for (const n of remove) messages.delete(n)
          for (const message of replace) if (messages.has(message.n)) messages.set(message.n, message)
          box.state = mergeState(box.state, state)
          ring()
        },
        lead(listener) {
          const leadLater = async (next: typeof listener | undefined) => {
            await null
            if (next && queue[0] === next) next(true)
          }
          queue.push(listener)
          if (queue[0] === listener) leadLater(listener)
          return () => {
            const wasFirst = queue[0] === listener
            if (queue.includes(listener)) queue.splice(queue.indexOf(listener), 1)
            if (wasFirst) leadLater(queue[0])
          }
        },
        watch(listener) {
          const bell = () => listener()
          bells.add((ownBell = bell))
          return () => bells.delete(bell)
        },
      }
      return open
    },
  }
}
