/**
 * Owns how what a user says becomes settings: filled in, checked, merged (R27).
 * Must never touch a global, nor guess: a value it cannot use is a TypeError that says what was expected.
 */

import { misuse } from '../policy/errors.ts'
import { canBeDialled, isBag, isNumber, isObject, isText, shown } from '../policy/values.ts'
import { checkOptions } from './check-options.ts'
import type { WebSocketReconnectOptions } from './options.ts'
import { DEFAULTS, GROUPS } from './schema.ts'
import type { Settings } from './settings.ts'

type Bag = Record<string, unknown>

/** `undefined` means the default. */
function fill(bag: object, defaults: object): Bag {
  const result: Bag = { ...defaults, ...bag }
  for (const name in defaults) if (result[name] === undefined) result[name] = (defaults as Bag)[name]
  return result
}

/**
 * What production refuses: only what would do harm, in a few words, a number that is none or negative, more jitter than
 * there is delay, and a url that nothing can dial.
 */
function guard(settings: Bag, anyUrl: boolean): void {
  const refuse = (name: string, value: unknown) => {
    throw new TypeError(`WebSocketReconnect: ${name} ${shown(value)}`)
  }
  const check = (bag: Bag, defaults: object, prefix = '') => {
    for (const name in defaults) {
      const value = bag[name]
      const usual = (defaults as Bag)[name]
      const isJitter = name === 'jitter'
      const isHarmless = isNumber(value) ? value >= 0 && !(isJitter && value > 1) : isJitter && isText(value)
      if (isNumber(usual) && !isHarmless) refuse(prefix + name, value)
      if (value && isBag(usual)) check(value as Bag, usual, `${name}.`)
    }
  }
  check(settings, DEFAULTS)
  if (!anyUrl && !canBeDialled(settings.url)) refuse('url', settings.url)
}

/** What a user has said, and that with every default in place. */
export interface OptionsInForce {
  readonly given: WebSocketReconnectOptions
  readonly settings: Settings
}

/**
 * Fills in the defaults; throws a TypeError that names the option, what was expected and what came. `anyUrl` leaves the
 * url to be judged when it is dialled.
 */
export function readOptions(options: WebSocketReconnectOptions, anyUrl = false): OptionsInForce {
  if (latest && !anyUrl && isEqual(latest.given, Object(options))) return latest
  const settings = fill(options, DEFAULTS)
  for (const name of GROUPS) if (isBag(settings[name])) settings[name] = fill(settings[name], DEFAULTS[name])
  // Bundlers drop what stands behind the question; a page without a bundler has no `process`, and is told everything.
  let check: (settings: Bag, anyUrl: boolean, given: unknown) => void = guard
  try {
    if (process.env.NODE_ENV !== 'production') check = checkOptions
  } catch {
    check = checkOptions
  }
  check(settings, anyUrl, options)
  const reading = { given: combine({}, options), settings: Object.freeze(settings) as unknown as Settings }
  if (!anyUrl) latest = reading
  return reading
}

/**
 * The options that were read last. Whoever makes ten thousand clients makes them alike, and they share what was read: an
 * object of some thirty names is the largest thing that an idle client would hold.
 */
let latest: OptionsInForce | undefined

/** New options over old ones, groups by key; its own copy, so that nobody changes it from the outside. */
function combine(old: Partial<WebSocketReconnectOptions>, change: Partial<WebSocketReconnectOptions>) {
  const combined = { ...old, ...change }
  for (const name of GROUPS) {
    const group = change[name]
    if (isObject(group)) combined[name] = { ...old[name], ...(group as object) }
  }
  return combined as WebSocketReconnectOptions
}

/** Whether two bags say the same, groups by what they hold. */
function isEqual(a: object, b: object): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [(a as never)[name], (b as never)[name]]
      // A name that only one of them has is a difference, even where it stands for undefined.
      if (Object.is(one, other)) return name in b
      return GROUPS.includes(name as never) && isObject(one) && isObject(other) && isEqual(one, other)
    })
  )
}

/** Merges new options over old ones: groups by key, everything else by value. Throws for what must not change. */
export function mergeOptions(
  old: WebSocketReconnectOptions,
  change: Partial<WebSocketReconnectOptions>,
): WebSocketReconnectOptions {
  for (const name of ['clock', 'random'] as const) {
    if (change[name] !== undefined) throw new TypeError(misuse('update', name))
  }
  const merged = combine(old, change)
  if (merged.url === undefined) merged.url = old.url
  return merged
}
