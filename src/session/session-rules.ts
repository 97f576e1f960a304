/**
 * Owns what may be handed in to a session, in words, for development: production keeps only what would harm it.
 * Must never guess: what does not fit is a TypeError that says what was expected and what came.
 */

import { warnOfUnknown } from '../options/dev-warnings.ts'
import { isBag, isFunction, isNumber, isObject, isText } from '../policy/values.ts'
import { demand } from '../requests/request-rules.ts'

const NUMBERS = ['maxMessages', 'maxBytes', 'maxMessageBytes', 'maxAge']

/** `value` may be left out; else it has these functions. */
function demandParts(value: unknown, name: string, parts: readonly string[]): void {
  const fits = value === undefined || parts.every((part) => isFunction(Object(value)[part]))
  demand(fits, name, `an object with ${parts.join(' and ')}`, value)
}

function demandNumber(value: unknown, name: string): void {
  demand(value === undefined || (isNumber(value) && value >= 1), name, 'a number from 1', value)
}

function demandPosition(at: unknown, name: string): void {
  const { epoch, offset } = Object(at)
  const fits = isText(epoch) && Number.isSafeInteger(offset) && offset >= 0
  demand(fits, name, 'a position, { epoch, offset }', at)
}

// Each throws to where a page without `process` goes as well; of production bundles nothing is left.

/** What a session is made with; the engine looks at its own options. */
export function checkSession(options: unknown): void {
  try {
    if (process.env.NODE_ENV !== 'production') throw 0
  } catch {
    demand(isObject(options), 'options', 'an object with a url', options)
    const { outbox, window, codec, framing } = Object(options)
    demandNumber(window, 'window')
    demandParts(codec, 'codec', ['encode', 'decode'])
    demandParts(framing, 'framing', ['read', 'write'])
    if (outbox === undefined || outbox === null || outbox === false) return
    demand(isBag(outbox), 'outbox', 'an object with a name, or false', outbox)
    const { name, store, whenUncertain = 'hold', ...more } = outbox as Record<string, unknown>
    warnOfUnknown(outbox, ['name', 'store', 'whenUncertain', ...NUMBERS], 'outbox.')
    for (const limit of NUMBERS) demandNumber(more[limit], `outbox.${limit}`)
    demand(isText(name) && name !== '', 'outbox.name', 'a text that says whose messages these are', name)
    demandParts(store, 'outbox.store', ['open'])
    const fits = whenUncertain === 'resend' || whenUncertain === 'hold'
    demand(fits, 'outbox.whenUncertain', "'resend' or 'hold'", whenUncertain)
  }
}

/** What a topic is followed with. */
export function checkFollow(topic: unknown, handlers: unknown, from: unknown): void {
  try {
    if (process.env.NODE_ENV !== 'production') throw 0
  } catch {
    demand(isText(topic), 'topic', 'a string', topic)
    demandParts(Object(handlers), 'handlers', ['onEvent'])
    if (from !== undefined && from !== null) demandPosition(from, 'from')
  }
}

/** What `load` has answered. */
export function checkPosition(at: unknown): void {
  try {
    if (process.env.NODE_ENV !== 'production') throw 0
  } catch {
    demandPosition(at, 'load')
  }
}
