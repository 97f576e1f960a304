/**
 * Owns the client behind `<WebSocketProvider url>`: who wants it connected, whose close it was, and how a render's
 * options reach the engine (R30, R32, R33). An engine that also knows it lives in a component.
 * Must never do anything in its constructor, dial after the user's own `close()`, throw in a later render for a url, or
 * hand an inline closure to the engine.
 */

import {
  type ConnectionStatus,
  type SendOptions,
  type Snapshot,
  type WebSocketData,
  WebSocketReconnect,
  type WebSocketReconnectOptions,
} from '../src/index.ts'
import { hubOf } from './hubOf.ts'
import { isSame } from './isSame.ts'
import { createDialect } from './scope.ts'

/** Every engine option; a `url` of null, undefined or '' means closed. */
export type OwnedOptions = Omit<WebSocketReconnectOptions, 'url'> & {
  url: WebSocketReconnectOptions['url'] | null | undefined
}

/** What a render asks for. */
export interface Wish {
  readonly options: OwnedOptions
  readonly urlKey: unknown
  readonly enabled: boolean
}

export class OwnedClient extends WebSocketReconnect {
  /** What it says before its first effect, on a server too: a render that wants a connection will get one (R26). */
  readonly initialStatus: ConnectionStatus
  /** The hooks read and write with the latest render's codec, whichever set they belong to (R35). */
  readonly dialect = createDialect()
  /** The engine's own snapshot, that knows nothing of effects to come. */
  readonly #plain: () => Snapshot
  readonly #adopt: (options: OwnedOptions) => Bag
  /** What the engine has been told so far. */
  #told: Bag
  #urlKey: unknown
  /** The latest committed render's, or the first one's. */
  #wish: Wish
  /** A render has been committed, and the engine has not been told yet. */
  #isBehind = false
  #enabled = true
  #isHeld = false
  /** Its component has gone, or is hidden, and has taken the connection along. */
  #isAway = false
  #closedByUser = false
  #goodbye: ReturnType<typeof setTimeout> | undefined

  constructor(wish: Wish) {
    const adopt = adopter()
    const told = adopt(wish.options)
    super(told as unknown as WebSocketReconnectOptions)
    this.#adopt = adopt
    this.#told = told
    this.#urlKey = wish.urlKey
    this.#wish = wish
    this.initialStatus = wants(wish) ? 'connecting' : 'idle'
    this.#plain = this.getSnapshot
    let last: Snapshot
    let shown: Snapshot
    this.getSnapshot = () => {
      const snapshot = this.#plain()
      if (!this.#isDue || !/^(idle|clos)/.test(snapshot.status)) return snapshot
      if (snapshot !== last) {
        last = snapshot
        shown = Object.freeze({ ...snapshot, status: 'connecting' })
      }
      return shown
    }
  }

  /** The effects of the latest render will connect it: until they do, it waits for itself. */
  get #isDue(): boolean {
    const isBarred = this.#closedByUser && this.#enabled
    return wants(this.#wish) && !this.#isHeld && !this.#isAway && !isBarred
  }

  override send(data: WebSocketData, options?: SendOptions): 'sent' | 'queued' | 'dropped' {
    // A child's layout effect comes before ours, and what it says belongs to the render it is part of.
    if (this.#isBehind) this.follow()
    return super.send(data, options)
  }

  override connect(): Promise<void> {
    this.#closedByUser = false
    return super.connect()
  }

  override reconnect(): void {
    this.#closedByUser = false
    super.reconnect()
  }

  override close(code?: number, reason?: string): Promise<void> {
    const before = this.#closedByUser
    // Set before the closing, because a listener of it may already ask to connect again.
    this.#closedByUser = true
    try {
      return super.close(code, reason)
    } catch (thrown) {
      this.#closedByUser = before
      throw thrown
    }
  }

  /** A render has been committed: its closures count from now on. Tells nobody, because nothing may render here. */
  adopt(wish: Wish): void {
    this.#adopt(wish.options)
    this.#wish = wish
    this.#isBehind = true
  }

  /**
   * Does what the committed render asks for, except to connect: the handlers of its children must hear of that. Throws
   * the engine's TypeError for options it cannot use, but never for a url or protocols: those are data (R33).
   */
  follow(): void {
    this.#isBehind = this.#isAway = false
    // What is no longer wanted is closed first, or a url that changes as well would be dialled only to be let go.
    if (!wants(this.#wish)) this.hold()
    this.#tell(this.#wish)
    if (!this.#isDue) return
    // Whatever has closed it was no wish of anybody's that still stands: as before the first connection, messages wait.
    if (this.#plain().status.startsWith('clos')) this.prepare()
    hubOf(this, this.dialect).show()
  }

  #tell({ options, urlKey, enabled }: Wish): void {
    const before = this.#told
    const next = this.#adopt(options)
    const change: Record<string, unknown> = {}
    for (const name in { ...before, ...next }) {
      if (isSame(before[name], next[name])) continue
      change[name] = name === 'circuitBreaker' || name === 'queue' ? whole(before[name], next[name]) : next[name]
    }
    // What cannot be offered stands behind a function, and no function is a change by itself.
    const redial = !isSame(this.#urlKey, urlKey) || ('protocols' in change && !isOffer(options.protocols))
    this.#told = next
    this.#urlKey = urlKey
    try {
      if (process.env.NODE_ENV !== 'production') {
        const isOther = typeof change.url === 'string'
        warnOfRestlessUrl(this, isOther)
        if ((isOther || redial) && this.#closedByUser && this.#enabled && wants({ options, urlKey, enabled })) {
          warnOfStickyClose()
        }
      }
    } catch {}
    if (redial || Object.keys(change).length) {
      this.update(change, redial, true)
      // Another address is seen by itself; that there is none hides behind a function.
      hubOf(this, this.dialect).refresh(redial || ('url' in change && !options.url))
    }
  }

  /** A mounted component wants it connected, or not; `enabled` turning true forgets the user's own `close()`. */
  hold(): void {
    clearTimeout(this.#goodbye)
    const { enabled } = this.#wish
    if (enabled && !this.#enabled) this.#closedByUser = false
    this.#enabled = enabled
    this.#isAway = false
    const isWanted = wants(this.#wish)
    if (isWanted === this.#isHeld) return
    this.#isHeld = isWanted
    if (!isWanted) super.close()
    else if (!this.#closedByUser) super.connect()
  }

  /** The component has gone; unless it is back within `linger` ms, the connection goes too. */
  release(linger: number): void {
    const letGo = () => {
      this.#isHeld = false
      this.#isAway = true
      super.close()
    }
    // Timers have 32 signed bits: a longer wait, Infinity too, would be over at once.
    this.#goodbye = setTimeout(letGo, Math.min(linger, 2 ** 31 - 1))
  }
}

const wants = ({ enabled, options }: Wish): boolean => enabled && !!options.url

type Bag = Readonly<Record<string, unknown>>

/** Puts every function of the options behind one that stays and calls the latest: a new closure is no change (R33). */
function adopter(): (options: OwnedOptions) => Bag {
  const steady: Record<string, unknown> = {}
  let latest: Bag | undefined
  return (given) => {
    // What cannot be offered is refused by the constructor, but fails as an attempt does in a later render (R33).
    const mayFail = latest && !isOffer(given.protocols)
    latest = given as Bag
    const options: Record<string, unknown> = { ...given }
    if (options.url && typeof options.url === 'object') options.url = addressOf(options.url)
    for (const name in options) {
      // A constructor is known by its identity. No url stands behind a function too: should someone connect all the
      // same, the attempt fails and says why.
      const isAbsent = name === 'url' ? !options.url : name === 'protocols' && mayFail
      if ((typeof options[name] === 'function' && name !== 'WebSocket') || isAbsent) {
        let last: unknown = given[name as 'url']
        options[name] = steady[name] =
          steady[name] ||
          ((...args: unknown[]) => {
            // A hidden tree has taken the option away, but may not tell the engine so: the last function still counts.
            const value = (latest as Bag)[name]
            if (typeof value === 'function' || name === 'url' || !isOffer(value)) last = value
            return typeof last === 'function' ? last(...args) : last || null
          })
      }
    }
    return options
  }
}

/** Whether this can be offered as subprotocols, or is none. */
const isOffer = (value: unknown): boolean =>
  value === undefined ||
  /^(string|function)$/.test(typeof value) ||
  (Array.isArray(value) && value.every((name) => typeof name === 'string'))

/** A `URL` as its text, so that an equal one is no change; any other object as it is, for the engine to refuse. */
function addressOf(url: unknown): unknown {
  try {
    const text = String(url)
    return text === (url as URL).href ? text : url
  } catch {
    // Not even a text: an object without a prototype.
    return {}
  }
}

/** The next group of options, naming as undefined what it no longer has: the engine merges groups by key (R27). */
function whole(before: unknown, next: unknown): unknown {
  if (next?.constructor !== Object) return next
  return { ...Object.fromEntries(Object.keys(Object(before)).map((name) => [name])), ...next }
}

let isTold = false

/** They log out with close(), log in with another url, and wonder why nothing connects (R30). */
function warnOfStickyClose(): void {
  if (isTold) return
  isTold = true
  console.warn(
    'WebSocketReconnect: the url has changed, but close() was called, so it stays closed until connect() or until ' +
      'enabled goes from false to true. To close for as long as nobody is logged in, give enabled={false} or url={null}.',
  )
}

const restless = /* @__PURE__ */ new WeakMap<OwnedClient, number>()
let isWarned = false

/** Somebody who walks through pages renders in between; a url that no commit leaves alone has a clock or a dice in it. */
function warnOfRestlessUrl(client: OwnedClient, isOther: boolean): void {
  const changes = isOther ? (restless.get(client) || 0) + 1 : 0
  restless.set(client, changes)
  if (changes < 6 || isWarned) return
  isWarned = true
  console.warn(
    'WebSocketReconnect: "url" is another string on every render, and each one replaces the connection. ' +
      'Keep it in state or a memo, or give a function: it is asked on every attempt.',
  )
}
