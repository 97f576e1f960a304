/**
 * Owns the client behind `<WebSocketProvider url>`: who wants it connected, whose close it was, and how a render's
 * options reach the engine (R30, R32, R33). An engine that also knows it lives in a component.
 * Must never do anything in its constructor, dial after the user's own `close()`, or hand an inline closure to the engine.
 */

import { WebSocketReconnect, type WebSocketReconnectOptions } from '../src/index.ts'
import { hubOf } from './hubOf.ts'
import { isSame } from './isSame.ts'
import { createDialect } from './scope.ts'

/** Every engine option; a `url` of null, undefined or '' means closed. */
export type OwnedOptions = Omit<WebSocketReconnectOptions, 'url'> & {
  url: WebSocketReconnectOptions['url'] | null | undefined
}

export class OwnedClient extends WebSocketReconnect {
  /** Takes over the closures of a render that has been committed; they count from now on. */
  readonly adopt: (options: OwnedOptions) => Bag
  /** The hooks read and write with the latest render's codec, whichever set they belong to (R35). */
  readonly dialect = createDialect()
  /** What the engine has been told so far. */
  #told: Bag
  #urlKey: unknown
  #enabled = true
  #isHeld = false
  #closedByUser = false
  #goodbye: ReturnType<typeof setTimeout> | undefined

  constructor(options: OwnedOptions, urlKey: unknown) {
    const adopt = adopter()
    const told = adopt(options)
    super(told as unknown as WebSocketReconnectOptions)
    this.adopt = adopt
    this.#told = told
    this.#urlKey = urlKey
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

  /** Tells the engine what a render has changed by value. Throws the engine's TypeError for what it cannot use. */
  tell(options: OwnedOptions, urlKey: unknown): void {
    const before = this.#told
    const next = this.adopt(options)
    const change: Record<string, unknown> = {}
    for (const name in { ...before, ...next }) {
      if (isSame(before[name], next[name])) continue
      change[name] = name === 'circuitBreaker' || name === 'queue' ? whole(before[name], next[name]) : next[name]
    }
    const redial = !isSame(this.#urlKey, urlKey)
    this.#told = next
    this.#urlKey = urlKey
    try {
      if (process.env.NODE_ENV !== 'production') warnOfRestlessUrl(this, typeof change.url === 'string')
    } catch {}
    if (redial || Object.keys(change).length) {
      this.update(change, redial)
      // Another address is seen by itself; that there is none hides behind a function.
      hubOf(this, this.dialect).refresh(redial || ('url' in change && !options.url))
    }
  }

  /** A mounted component wants it connected, or not; `enabled` turning true forgets the user's own `close()`. */
  hold(enabled: boolean, hasUrl: boolean): void {
    clearTimeout(this.#goodbye)
    if (enabled && !this.#enabled) this.#closedByUser = false
    this.#enabled = enabled
    const isWanted = enabled && hasUrl
    if (isWanted === this.#isHeld) return
    this.#isHeld = isWanted
    if (!isWanted) super.close()
    else if (!this.#closedByUser) super.connect()
  }

  /** The component has gone; unless it is back within `linger` ms, the connection goes too. */
  release(linger: number): void {
    const letGo = () => {
      this.#isHeld = false
      super.close()
    }
    // Timers have 32 signed bits: a longer wait, Infinity too, would be over at once.
    this.#goodbye = setTimeout(letGo, Math.min(linger, 2 ** 31 - 1))
  }
}

type Bag = Readonly<Record<string, unknown>>

/** Puts every function of the options behind one that stays and calls the latest: a new closure is no change (R33). */
function adopter(): (options: OwnedOptions) => Bag {
  const steady: Record<string, unknown> = {}
  let latest: Bag
  return (given) => {
    latest = given as Bag
    const options: Record<string, unknown> = { ...given }
    if (typeof options.url === 'object') options.url = options.url && String(options.url)
    for (const name in options) {
      // A constructor is known by its identity. No url stands behind a function too: should someone connect all the
      // same, the attempt fails and says why.
      if ((typeof options[name] === 'function' && name !== 'WebSocket') || (name === 'url' && !options.url)) {
        let last: unknown = given[name as 'url']
        options[name] = steady[name] =
          steady[name] ||
          ((...args: unknown[]) => {
            // A hidden tree has taken the option away, but may not tell the engine so: the last function still counts.
            const value = latest[name]
            if (name === 'url' || typeof value === 'function') last = value
            return typeof last === 'function' ? last(...args) : last
          })
      }
    }
    return options
  }
}

/** The next group of options, naming as undefined what it no longer has: the engine merges groups by key (R27). */
function whole(before: unknown, next: unknown): unknown {
  if (next?.constructor !== Object) return next
  return { ...Object.fromEntries(Object.keys(Object(before)).map((name) => [name])), ...next }
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
