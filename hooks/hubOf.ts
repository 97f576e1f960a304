/**
 * Owns what all readers of one client see, and when they hear of it (R31): one picture, one notifier, one pace.
 * Must never let two readers see different pictures, never start a timer for a message nobody reads, never use
 * requestAnimationFrame (a hidden tab stops it), and never outlive its last reader.
 */

import { initialSnapshot, type Snapshot, type WebSocketReconnect } from '../src/index.ts'

/** Everything a component can read of a client. */
export interface Picture extends Snapshot {
  readonly failureThreshold: number
  /** The data of the last message that was no pong (R37). */
  readonly lastMessage: unknown
}

export interface Hub {
  /** What there is before anything has happened: on a server, and for the first render over its HTML (R34). */
  readonly initial: Picture
  /** The picture that all readers share at this moment. */
  readonly look: () => Picture
  /** Calls `reader` when there may be a new picture, paced; returns how to stop. */
  readonly subscribe: (reader: () => void) => () => void
  /** Looks again after an option has changed; with `forget`, the last message came from the old url (R35). */
  readonly refresh: (forget: boolean) => void
}

/** The shortest time between two notifications under a burst, ms: one frame at 60 Hz. */
const FRAME = 16

const hubs = /* @__PURE__ */ new WeakMap<WebSocketReconnect, Hub>()

/** The hub of a client: the same one for every reader. */
export function hubOf(client: WebSocketReconnect): Hub {
  let hub = hubs.get(client)
  if (!hub) {
    hub = createHub(client)
    hubs.set(client, hub)
  }
  return hub
}

function createHub(client: WebSocketReconnect): Hub {
  const readers = new Set<() => void>()
  let picture: Picture
  let lastMessage: unknown = null
  let areMessagesRead = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let mayTell = true
  let isBehind = false
  let stops: ReadonlyArray<() => void>

  const failureThreshold = () => client.getStats().failureThreshold
  const paint = (): Picture => {
    let message = lastMessage
    return {
      ...client.getSnapshot(),
      failureThreshold: failureThreshold(),
      get lastMessage() {
        // Messages that nobody read have made no new picture, so the first to read gets the latest.
        if (!areMessagesRead) {
          areMessagesRead = true
          message = lastMessage
        }
        return message
      },
    }
  }

  const publish = () => {
    mayTell = isBehind = false
    picture = paint()
    // Whoever reads messages does so again while being told, so the last to read them needs no goodbye.
    areMessagesRead = false
    readers.forEach((read) => read())
  }
  // The first rest ends with the running task, all others with a frame: one more piece of news may then go out at
  // once, as when CONNECTING is soon followed by OPEN, and only what comes even faster is a burst.
  const rest = (ms: number) => {
    timer = setTimeout(() => {
      timer = undefined
      mayTell = !isBehind
      if (isBehind || !ms) rest(FRAME)
      if (isBehind) publish()
    }, ms)
  }
  const hear = () => {
    isBehind = !!readers.size
    if (!isBehind || !mayTell) return
    if (!timer) rest(0)
    publish()
  }

  return {
    initial: { ...initialSnapshot, failureThreshold: failureThreshold(), lastMessage: null },
    look: () => (readers.size ? picture : paint()),
    subscribe(reader) {
      if (!readers.size) {
        picture = paint()
        stops = [
          client.subscribe(hear),
          client.on('message', (event, isPong) => {
            if (isPong) return
            lastMessage = event.data
            if (areMessagesRead) hear()
          }),
        ]
      }
      readers.add(reader)
      return () => {
        readers.delete(reader)
        if (readers.size) return
        for (const stop of stops) stop()
        clearTimeout(timer)
        timer = undefined
        mayTell = true
        // Messages now pass unheard, so none could be called the last one.
        lastMessage = null
        areMessagesRead = false
      }
    },
    refresh(forget) {
      if (forget) lastMessage = null
      hear()
    },
  }
}
