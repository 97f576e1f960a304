/**
 * Owns what developers are told on the console: each warning once, never in production.
 * Must never cost a production bundle a byte, so callers ask `process.env.NODE_ENV` themselves: bundlers drop what stands
 * behind it. They ask inside a try, because a page without a bundler has no `process`.
 */

import type { ErrorCode } from '../policy/errors.ts'
import { pingText } from '../policy/ping-pong.ts'
import { redact } from '../policy/url.ts'
import type { WebSocketReconnectOptions } from './options.ts'
import { BREAKER_RULES, OPTION_RULES, QUEUE_RULES } from './schema.ts'
import type { Settings } from './settings.ts'

const seen = /* @__PURE__ */ new Set<string>()

/** A `cause` is shown as it is: it is the developer's own. */
export function warn(text: string, ...cause: [unknown?]): void {
  const key = [text, ...cause].join()
  if (seen.has(key)) return
  seen.add(key)
  console.warn(`WebSocketReconnect: ${text}`, ...cause)
}

/** Edits between two words (Levenshtein), for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1)
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** A misspelt name does nothing, silently. */
export function warnOfUnknown(bag: object, known: readonly string[], prefix = ''): void {
  for (const key of Object.keys(bag)) {
    if (known.includes(key)) continue
    const [nearest = ''] = [...known].sort((a, b) => distance(key, a) - distance(key, b))
    const isNear = distance(key, nearest) <= key.length / 2
    const advice = isNear ? `Did you mean "${prefix}${nearest}"?` : `Known are ${known.join(', ')}.`
    warn(`unknown option "${prefix}${key}". ${advice}`)
  }
}

/**
 * What options are allowed to be and yet were hardly meant: a misspelt one does nothing, silently; and retries that are
 * used up before the circuit can open are a breaker in name only.
 */
export function warnOfOptions(given: Partial<WebSocketReconnectOptions>, settings: Settings): void {
  warnOfUnknown(given, Object.keys(OPTION_RULES))
  if (given.circuitBreaker) warnOfUnknown(given.circuitBreaker, Object.keys(BREAKER_RULES), 'circuitBreaker.')
  if (given.queue) warnOfUnknown(given.queue, Object.keys(QUEUE_RULES), 'queue.')
  const { maxRetries, circuitBreaker } = settings
  // The default breaker is nobody's wish, and few retries are no mistake.
  if (given.circuitBreaker && circuitBreaker && maxRetries < circuitBreaker.failureThreshold) {
    warn(
      `maxRetries (${maxRetries}) is below circuitBreaker.failureThreshold (${circuitBreaker.failureThreshold}): it gives up ` +
        'before the circuit can open. Raise the one, lower the other, or set circuitBreaker: false.',
    )
  }
}

/** A function of the developer's own has failed, and nobody may listen for `error` yet. */
const warnOfProvider = (cause: unknown): void => warn('the url, protocols or websocketOptions function failed.', cause)

/** A server that has never said anything while a ping waited: most likely it was never told to (R14). */
const warnOfSilence = (address: string, ping: string): void =>
  warn(
    `${address} has never answered a ping, so the connection is taken for dead. The server must answer ${ping}, ` +
      `e.g. if (text === '${ping}') socket.send('{"type":"pong"}'); what else counts as a pong says the option isPong. ` +
      'For a server that answers no ping set heartbeatInterval: 0.',
  )

/** What a platform does not take, or will not dial. `isInit`: it takes an object in the place of protocols. */
export function warnOfSocketOptions(
  options: object,
  isInit: boolean,
  isIgnored: boolean,
  address: string,
  isSecurePage: boolean,
): void {
  if (isIgnored) {
    warn('browsers ignore websocketOptions; pass a token in the url, a subprotocol or the first message instead.')
  }
  const odd = Object.keys(options).filter((name) => name !== 'headers' && name !== 'dispatcher')
  if (isInit && odd.length) {
    warn(
      `this platform's own WebSocket takes headers and dispatcher only, not ${odd.join(', ')}. Run "npm install ws".`,
    )
  }
  if (isSecurePage && address.startsWith('ws:')) warn('browsers refuse ws:// on a page that came by https. Use wss://.')
}

/** Trouble that looks like nothing at all to whoever has no listener for `error` yet. */
export function explainOnConsole(
  { code, cause }: { readonly code: ErrorCode; readonly cause?: unknown },
  { heartbeatMessage }: Pick<Settings, 'heartbeatMessage'>,
  url: string,
  hasEverHeard: boolean,
): void {
  if (code === 'URL_PROVIDER_FAILED' && cause) warnOfProvider(cause)
  if (code === 'HEARTBEAT_TIMEOUT' && !hasEverHeard) warnOfSilence(redact(url), pingText(heartbeatMessage))
}
