/**
 * Owns every look of a session at the browser it lives in: chance that nobody can guess, and later its databases and locks.
 * Must never look while it is imported.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 22 letters, which are 132 bits; where there is no better chance, of the poorer kind. */
export function randomId(): string {
  const bytes: ArrayLike<number> =
    typeof crypto === 'object' && crypto.getRandomValues
      ? crypto.getRandomValues(new Uint8Array(22))
      : Array.from({ length: 22 }, () => Math.random() * 256)
  return Array.from(bytes, (byte) => ALPHABET[byte & 63]).join('')
}
