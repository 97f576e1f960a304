/**
 * Owns how the options of one render after another become changes for an engine (R33): every function stands behind one
 * that stays and calls the latest, so a new closure is no change; the rest is compared by value.
 * Must never hand an inline closure to the engine, or throw for a url or protocols: those are data.
 */

import type { WebSocketReconnectOptions } from '../index.ts'
import { deepEqual, shallowEqual } from './shallow-equal.ts'

/** Every engine option; a `url` of null, undefined or '' means closed. */
export type ManagedOptions = Omit<WebSocketReconnectOptions, 'url'> & {
  url: WebSocketReconnectOptions['url'] | null | undefined
}

type OptionBag = Readonly<Record<string, unknown>>

export interface OptionChanges {
  readonly options: Partial<WebSocketReconnectOptions>
  /** Whether functions that stay now lead elsewhere, or nowhere. */
  readonly address: 'same' | 'other' | 'none'
}

export interface StableOptions {
  /** The functions of these options are called from now on; returns the options with steady ones in their place. */
  readonly adopt: (given: ManagedOptions) => OptionBag
  /** What differs from what the engine was last told; undefined for nothing. */
  readonly changes: (given: ManagedOptions, urlKey: unknown) => OptionChanges | undefined
}

/** `first` is what the engine is made with, and told of nothing until then. */
export function createStableOptions(first: ManagedOptions, firstKey: unknown): StableOptions & { initial: OptionBag } {
  const adopt = createAdopter()
  const initial = adopt(first)
  let applied = initial
  let key = firstKey
  return {
    initial,
    adopt,
    changes(given, urlKey) {
      const next = adopt(given)
      const changed: Record<string, unknown> = {}
      for (const name in { ...applied, ...next }) {
        if (shallowEqual(applied[name], next[name])) continue
        const isGroup = name === 'circuitBreaker' || name === 'queue'
        changed[name] = isGroup ? resetMissingKeys(applied[name], next[name]) : next[name]
      }
      // What cannot be offered stands behind a function, and no function is a change by itself.
      const isElsewhere = !deepEqual(key, urlKey) || ('protocols' in changed && !isOffer(given.protocols))
      applied = next
      key = urlKey
      if (!isElsewhere && !Object.keys(changed).length) return undefined
      return { options: changed, address: isElsewhere ? 'other' : 'url' in changed && !given.url ? 'none' : 'same' }
    },
  }
}

function createAdopter(): (options: ManagedOptions) => OptionBag {
  const steady: Record<string, unknown> = {}
  let latest: OptionBag | undefined
  return (given) => {
    // What cannot be offered is refused by the constructor, but fails as an attempt does in a later render (R33).
    const mayFail = latest && !isOffer(given.protocols)
    latest = given as OptionBag
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
            const value = (latest as OptionBag)[name]
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
function resetMissingKeys(before: unknown, next: unknown): unknown {
  if (next?.constructor !== Object) return next
  return { ...Object.fromEntries(Object.keys(Object(before)).map((name) => [name])), ...next }
}
