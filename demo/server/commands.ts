/**
 * Owns what the side door may be asked to do, and what it expected where it was asked for something else. Pure. Must never let a
 * figure through that has no limit.
 */

import { everybody } from './breakage.ts'
import type { Fault, FaultName } from './status.ts'

export type Command =
  /** Of everybody, or of one page: what its connection would see of that. */
  | { do: 'restart' | 'crash'; target: string }
  | { do: 'close'; code: number; reason: string; target: string }
  | { do: 'break'; fault: Fault; on: boolean }
  | { do: 'fleet'; away: number }
  /** For tests alone. */
  | { do: 'hold'; on: boolean }
  | { do: 'stay-away'; on: boolean }
  | { do: 'pong-delay'; ms: number }

export interface Expected {
  expected: string
}

const lasting: readonly FaultName[] = ['silence', 'refuse', 'hang', 'flap', 'slow']

const isMs = (value: unknown, most: number): value is number => typeof value === 'number' && value >= 0 && value <= most

/** What `ws` may send: neither what only a platform says (1005, 1006, 1015) nor what nobody has given a meaning. */
const isCloseCode = (code: unknown): code is number =>
  Number.isInteger(code) &&
  (((code as number) >= 1000 && (code as number) <= 1014 && ![1004, 1005, 1006].includes(code as number)) ||
    ((code as number) >= 3000 && (code as number) <= 4999))

const expects = {
  name: 'restart, crash, close, silence, refuse, hang, flap, slow or fleet',
  object: 'a JSON object of at most 1 kB',
  target: '"target": "all", or the id of a page (8 to 64 of A-Z, a-z, 0-9, "_", "-") or number that the status lists',
  on: '"on": true or false',
  code: '"code": 1000 to 1014 but not 1004, 1005 or 1006, or 3000 to 4999',
  reason: '"reason": a text of at most 123 bytes',
  latency: '"latency": 0 to 10000 ms',
  jitter: '"jitter": 0 to 10000 ms',
  away: '"away": 0 to 60000 ms',
}

/** A command, or what was expected. */
export function readCommand(name: string, body: unknown, testHooks: boolean): Command | Expected {
  const no = (what: keyof typeof expects): Expected => ({ expected: expects[what] })
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return no('object')
  const { target = everybody, on, code, reason = '', latency, jitter = 0, away, ms } = body as Record<string, unknown>
  if (typeof target !== 'string' || !/^(all|[0-9]{1,10}|[A-Za-z0-9_-]{8,64})$/.test(target)) return no('target')
  if (name === 'restart' || name === 'crash') return { do: name, target }
  if (name === 'close') {
    if (!isCloseCode(code)) return no('code')
    if (typeof reason !== 'string' || Buffer.byteLength(reason) > 123) return no('reason')
    return { do: 'close', code, reason, target }
  }
  if (name === 'fleet') return isMs(away, 60_000) ? { do: 'fleet', away } : no('away')
  if ((name === 'hold' || name === 'stay-away') && testHooks) {
    return typeof on === 'boolean' ? { do: name, on } : no('on')
  }
  if (name === 'pong-delay' && testHooks && isMs(ms, 60_000)) return { do: 'pong-delay', ms }
  const fault = lasting.find((each) => each === name)
  if (!fault) return no('name')
  if (typeof on !== 'boolean') return no('on')
  if (fault !== 'slow' || !on) return { do: 'break', fault: { fault, target }, on }
  if (!isMs(latency, 10_000)) return no('latency')
  if (!isMs(jitter, 10_000)) return no('jitter')
  return { do: 'break', fault: { fault, target, latency, jitter }, on }
}
