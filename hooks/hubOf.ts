/**
 * Owns what all readers of one client see, and when they hear of it (R31, R35): each message decoded once, one picture,
 * one notifier, one pace. Must never let two readers see different pictures, never start a timer for a message nobody
 * reads, never use requestAnimationFrame (a hidden tab stops it), and never outlive its last reader.
 */

import {
  type ConnectionStatus,
  initialSnapshot,
  type SendOptions,
  type Snapshot,
  type WebSocketReconnect,
} from '../src/index.ts'
import type { Dialect } from './scope.ts'

/** Everything a component can read of a client. */
export interface Picture extends Snapshot {
  readonly failureThreshold: number
  /** The data of the last message that was no pong (R37). */
  readonly lastMessage: unknown
  /** Its event: another one for each message, also where the data are the same. */
  readonly lastMessageEvent: MessageEvent | null
}

/** A message that the codec could read, and the event it came in. */
export interface Frame {
  readonly data: unknown
  readonly event: MessageEvent
}

/** What a reader makes of every message, told to it only at the pace of all (R31). */
export interface Fold {
  /** Takes a message in; whether that is news. Never throws. */
  readonly take: (frame: Frame) => boolean
  /** What has been taken in may now be seen. */
  readonly show: () => void
  /** The messages came from a url that is no longer ours (R35). */
  readonly empty: () => void
  /** How many urls the hub had known when this fold began, or stopped listening as a hidden tree does. */
  urls: number
}

export interface Hub {
  readonly client: WebSocketReconnect
  readonly dialect: Dialect
  /** Writes a message with the codec and sends it; throws what the codec throws. */
  readonly send: (message: any, options?: SendOptions) => 'sent' | 'queued' | 'dropped'
  /** Reads a message with the codec, once for all readers; undefined, and an `error`, for one it cannot read. */
  readonly read: (event: MessageEvent) => Frame | undefined
  /** What there is before anything has happened: on a server, and for the first render over its HTML (R34). */
  readonly initial: Picture
  /** The picture that all readers share at this moment. */
  readonly look: () => Picture
  /** The last message, or with `isShown` the one that readers see while later ones wait for their turn. */
  readonly last: (isShown?: boolean) => Frame | null
  /** How many urls it has known. */
  readonly urls: () => number
  /** Calls `reader` when there may be a new picture, paced; returns how to stop. */
  readonly subscribe: (reader: () => void, fold?: Fold) => () => void
  /** Looks again after an option has changed; with `forget`, the messages so far came from the old url (R35). */
  readonly refresh: (forget: boolean) => void
  /** Shows what a commit has changed before it is painted, beside the pace: there is one per commit. */
  readonly show: () => void
}

/** The shortest time between two notifications under a burst, ms: one frame at 60 Hz. */
const FRAME = 16

/** A client, and what one that lives in a component has besides. */
type Owned = WebSocketReconnect & { readonly dialect?: Dialect; readonly initialStatus?: ConnectionStatus }

/** The hub of a client: the same one for every reader that speaks its dialect. */
export function hubOf(client: Owned, fallback: Dialect): Hub {
  const dialect = client.dialect || fallback
  let hub = dialect.hubs.get(client)
  if (!hub) {
    hub = createHub(client, dialect)
    dialect.hubs.set(client, hub)
  }
  return hub
}

export const dataOf = (frame: Frame | null): unknown => frame && frame.data
export const eventOf = (frame: Frame | null): MessageEvent | null => frame && frame.event

/** What a codec has answered, unless that is a promise: nobody would wait for it, nor catch it (R35). */
function atOnce<T>(answer: T, name: 'decode' | 'encode'): T {
  const { then } = Object(answer)
  if (typeof then !== 'function') return answer
  Promise.resolve(answer).then(undefined, () => {})
  throw new TypeError(
    `WebSocketReconnect: ${name}() of a codec is synchronous, and this one answered with a promise. ` +
      'Do what takes time in the handler of the message, or before send().',
  )
}

function createHub(client: Owned, dialect: Dialect): Hub {
  const readers = new Set<() => void>()
  const folds = new Set<Fold>()
  let heard: MessageEvent | undefined
  let frame: Frame | undefined
  let url: unknown = client.options.url
  let urls = 0
  let picture: Picture
  let last: Frame | null = null
  let shown: Frame | null = null
  let areMessagesRead = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let mayTell = true
  let mayHurry = true
  let isForgotten = false
  let isBehind = false
  let stops: ReadonlyArray<() => void>

  const failureThreshold = () => client.getStats().failureThreshold
  const paint = (): Picture => {
    let mine = last
    const message = () => {
      // Messages that nobody read have made no new picture, so the first to read gets the latest.
      if (!areMessagesRead) {
        areMessagesRead = true
        mine = last
      }
      return mine
    }
    return {
      ...client.getSnapshot(),
      failureThreshold: failureThreshold(),
      get lastMessage() {
        return dataOf(message())
      },
      get lastMessageEvent() {
        return eventOf(message())
      },
    }
  }

  const publish = () => {
    if (isForgotten) mayHurry = false
    mayTell = isBehind = isForgotten = false
    shown = last
    picture = paint()
    // Whoever reads messages does so again while being told, so the last to read them needs no goodbye.
    areMessagesRead = false
    for (const fold of folds) fold.show()
    readers.forEach((read) => read())
  }
  // The first rest ends with the running task, all others with a frame: one more piece of news may then go out at
  // once, as when CONNECTING is soon followed by OPEN, and only what comes even faster is a burst.
  const rest = (ms: number) => {
    timer = setTimeout(() => {
      timer = undefined
      mayTell = !isBehind
      mayHurry = mayHurry || !isForgotten
      if (isBehind || !ms) rest(FRAME)
      if (isBehind) publish()
    }, ms)
  }
  const forget = () => {
    urls++
    isForgotten = true
    last = null
    for (const fold of folds) fold.empty()
  }
  const compare = () => {
    const old = url
    url = client.options.url
    // A new function is no new url (R27), whatever it replaces.
    if (typeof url !== 'function' && String(url) !== String(old)) forget()
  }
  const hear = () => {
    compare()
    isBehind = !!readers.size
    // No frame shows the old url's messages under the new one, unless it changes again and again.
    if (!isBehind || !(mayTell || (isForgotten && mayHurry))) return
    if (!timer) rest(0)
    publish()
  }

  const read = (event: MessageEvent) => {
    if (event !== heard) {
      heard = event
      frame = undefined
      try {
        frame = { data: atOnce(dialect.codec.decode(event.data), 'decode'), event }
      } catch (thrown) {
        client['refuseMessage'](thrown)
      }
    }
    return frame
  }

  return {
    client,
    dialect,
    send: (message, options) => client.send(atOnce(dialect.codec.encode(message), 'encode'), options),
    read,
    initial: {
      ...initialSnapshot,
      status: client.initialStatus || 'idle',
      failureThreshold: failureThreshold(),
      lastMessage: null,
      lastMessageEvent: null,
    },
    look: () => (readers.size ? picture : paint()),
    last: (isShown) => (isShown && isBehind ? shown : last),
    urls: () => urls,
    subscribe(reader, fold) {
      if (!readers.size) {
        compare()
        picture = paint()
        stops = [
          client.subscribe(hear),
          client.on('message', (event, isPong) => {
            const frame = isPong ? undefined : read(event)
            if (!frame) return
            last = frame
            let isNews = areMessagesRead
            for (const fold of folds) if (fold.take(frame)) isNews = true
            if (isNews) hear()
          }),
        ]
      }
      readers.add(reader)
      if (fold) {
        if (fold.urls !== urls) fold.empty()
        folds.add(fold)
        if (!isBehind) fold.show()
      }
      return () => {
        readers.delete(reader)
        if (fold) {
          folds.delete(fold)
          fold.urls = urls
        }
        if (readers.size) return
        for (const stop of stops) stop()
        clearTimeout(timer)
        timer = undefined
        mayTell = true
        isBehind = false
        // Messages now pass unheard, so none could be called the last one.
        last = null
        areMessagesRead = false
      }
    },
    refresh(isOther) {
      if (isOther) forget()
      hear()
    },
    show() {
      if (!readers.size) return
      publish()
      mayTell = !timer
    },
  }
}
