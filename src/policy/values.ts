/**
 * Owns what kind of thing a value from outside is, and how much of it may be said aloud (R19).
 * Must never judge an option: that is options/rules.ts.
 */

import { isRelative, redact, webSocketUrl } from './url.ts'

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
export const isFunction = (value: unknown): value is (...args: never[]) => unknown => typeof value === 'function'
export const isText = (value: unknown): value is string => typeof value === 'string'
export const isNumber = (value: unknown): value is number => typeof value === 'number'

/** Whether this is an object with names for its parts. */
export const isBag = (value: unknown): value is object => isObject(value) && !Array.isArray(value)

/** Whether this can be offered as subprotocols. */
export const isProtocols = (value: unknown): value is string | readonly string[] =>
  isText(value) || (Array.isArray(value) && value.every(isText))

/** Whether this can be an address, or a provider of one. */
export function isAddress(url: unknown): url is string | URL | ((...args: never[]) => unknown) {
  return isText(url) ? url.trim() !== '' : isFunction(url) || (isObject(url) && String(url) === url.href)
}

/** Whether this url has a scheme that can be dialled, or may still meet a page when it connects (R22). */
export const canBeDialled = (url: unknown): boolean =>
  isFunction(url) || (isAddress(url) && (isRelative(url as string) || !!webSocketUrl(url as string)))

/** A value is shown only as far as it cannot be a secret (R19). */
export function shown(value: unknown): string {
  if (isText(value)) return `"${redact(value).slice(0, 80)}"`
  const isThing = isObject(value) || isFunction(value)
  return isThing ? `a value of type ${Array.isArray(value) ? 'array' : typeof value}` : String(value)
}
