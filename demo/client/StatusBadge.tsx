/**
 * Owns the status badge: the connection in one word, why it is so, when the next try comes, and a button that is right in
 * every state. One file with its own style and words, made to be copied: then the second import is from
 * 'react-websocket-reconnect'. Must never say "lost" to somebody who was never connected, nor "trying" while nothing tries,
 * nor count towards a try that an offline device cannot make.
 */

import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { useRetryCountdown, useWebSocket, type WebSocketConnection } from '../../hooks/index.ts'

/** `good`: all is well; `busy`: on its way; `bad`: down; `off`: nobody wants a connection. */
export type Tone = 'good' | 'busy' | 'bad' | 'off'

export type Situation = Pick<
  WebSocketConnection,
  'status' | 'connectionId' | 'isReconnecting' | 'retryCount' | 'retryAt' | 'lastClose'
> & {
  error: { code: string } | null
  /** What the page itself still waits for on an open line, a login or a join, or null. */
  preparing: string | null
  /** Whether the browser believes to have a network. */
  online: boolean
}

export function wordsFor(now: Situation, words = english): { tone: Tone; headline: string; why: string } {
  const { status, connectionId, isReconnecting, retryCount, retryAt, preparing } = now
  const known = connectionId > 0
  const say = (tone: Tone, [headline, why]: Pair) => ({ tone, headline, why })
  if (isStranded(now)) return say('bad', words.offline)
  switch (status) {
    case 'open':
      return preparing === null ? say('good', words.open) : say('busy', [preparing, words.unanswered])
    case 'connecting':
      return say('busy', [
        words.connecting(known, retryCount),
        (isReconnecting && reason(now, words)) || words.dialling,
      ])
    case 'waiting':
      return retryAt === null ? say('off', words.resting) : say('bad', [words.lost(known), reason(now, words)])
    case 'blocked':
      return say('bad', words.blocked)
    case 'failed':
      return say('bad', [words.failed, reason(now, words)])
    case 'closing':
      return say('busy', words.closing)
    case 'closed':
      return say('off', words.closed(known))
    case 'idle':
      return say('off', words.idle)
  }
}

/** Down, and for want of a network: then tries are neither counted nor counted down to. */
export const isStranded = ({ status, isReconnecting, online }: Situation) =>
  !online && (status === 'waiting' || status === 'blocked' || (status === 'connecting' && isReconnecting))

/** Why it is down, as far as anybody can know: a browser hides why a handshake failed. */
export function reason({ error, lastClose }: Pick<Situation, 'error' | 'lastClose'>, words = english): string {
  const code = lastClose ? `${lastClose.code}${lastClose.reason ? `: ${lastClose.reason}` : ''}` : ''
  if (error) return error.code === 'FATAL_CLOSE' ? words.fatal(code) : (words.errors[error.code] ?? words.unknown)
  if (!lastClose) return ''
  if (lastClose.code === 1000 && !lastClose.wasClean) return words.replaced
  return words.closes[lastClose.code] ?? words.closedBy(code)
}

type Pair = readonly [headline: string, why: string]

/** What the badge says. Codes come with their reason, if there was one: `4408: join`. */
const english = {
  offline: ['This device is offline', 'It connects by itself when the network is back.'] as Pair,
  open: ['Connected', 'Messages arrive at once.'] as Pair,
  unanswered: 'The line is open; the server has not answered yet.',
  connecting: (again: boolean, tries: number) =>
    `${again ? 'Reconnecting' : 'Connecting'}${tries > 0 ? `, try ${tries}` : ''}`,
  dialling: 'Waiting for the server to answer.',
  resting: ['Resting', 'Nobody looks; it connects when somebody does.'] as Pair,
  lost: (known: boolean): string => (known ? 'Connection lost' : 'Not connected yet'),
  blocked: ['Pausing', 'Too many tries failed; this gives the server a rest.'] as Pair,
  failed: 'Given up',
  closing: ['Closing', 'Saying goodbye to the server.'] as Pair,
  closed: (known: boolean): Pair => [known ? 'Disconnected' : 'Not connected', 'No connection is wanted.'],
  idle: ['Not connected', 'Nobody has asked for a connection yet.'] as Pair,
  errors: {
    HEARTBEAT_TIMEOUT: 'The server stopped answering.',
    CONNECT_TIMEOUT: 'The server did not answer in time.',
    HANDSHAKE_FAILED: 'Could not connect to the server.',
    CIRCUIT_OPEN: 'Nothing is tried for a while.',
    NO_URL: 'There is no address to connect to.',
  } as Record<string, string>,
  unknown: 'The connection could not be made.',
  closes: { 1001: 'The server is stopping.', 1006: 'The connection broke off.' } as Record<number, string>,
  closedBy: (code: string) => `The server closed the connection (${code}).`,
  fatal: (code: string) => `The server closed it for good (${code}).`,
  replaced: 'The connection is being replaced.',
  countdown: (isTrial: boolean, seconds: number) => `${isTrial ? 'A trial' : 'Next try'} in ${seconds} s`,
  stop: '. ',
  moves: { busy: 'One moment…', open: 'Reconnect', wanted: 'Try now', idle: 'Connect' },
}

/** Another language gives its own. */
export type BadgeWords = typeof english

/** The same for other parts of a page, so that all of it says one thing. */
export function useStatus(preparing: string | null = null, words = english) {
  const { status, connectionId, isReconnecting, retryCount, retryAt, error, lastClose } = useWebSocket()
  const online = useOnline()
  const now = { status, connectionId, isReconnecting, retryCount, retryAt, error, lastClose, preparing, online }
  return { ...wordsFor(now, words), stranded: isStranded(now) }
}

const listen = (tell: () => void) => {
  window.addEventListener('online', tell)
  window.addEventListener('offline', tell)
  return () => {
    window.removeEventListener('online', tell)
    window.removeEventListener('offline', tell)
  }
}

export const useOnline = () =>
  useSyncExternalStore(
    listen,
    () => navigator.onLine,
    () => true,
  )

interface StatusBadgeProps {
  /** What the page still waits for on an open line: `Logging in`. Until it is null nothing is called connected. */
  preparing?: string | null
  words?: BadgeWords | undefined
  /** More buttons, beside the badge's own. */
  children?: ReactNode
}

export function StatusBadge({ preparing = null, words = english, children }: StatusBadgeProps) {
  const { status, retryNow, reconnect } = useWebSocket()
  const { tone, headline, why, stranded } = useStatus(preparing, words)
  const seconds = useRetryCountdown()
  const counts = seconds !== null && !stranded
  const busy = status === 'connecting' || status === 'closing'
  const wanted = status === 'waiting' || status === 'blocked'
  return (
    <div className="status-badge" data-status={status} data-tone={tone}>
      <style href="status-badge" precedence="default">
        {style}
      </style>
      <i className="indicator" aria-hidden="true" />
      <p className="headline">
        <strong>{headline}</strong>
        {counts && <span className="countdown">{words.countdown(status === 'blocked', seconds)}</span>}
      </p>
      <p className="why">{why}</p>
      <div className="moves">
        {/* Always there, so that whoever has it focused keeps it; what it does follows the state. */}
        <button
          type="button"
          className={status === 'open' ? 'move quiet' : 'move'}
          aria-disabled={busy}
          onClick={status === 'open' ? reconnect : retryNow}
        >
          {words.moves[busy ? 'busy' : status === 'open' ? 'open' : wanted ? 'wanted' : 'idle']}
        </button>
        {children}
      </div>
      <Said text={`${headline}${words.stop}${why}`} />
    </div>
  )
}

/** What assistive technology is told: where it has settled, neither every flicker on the way nor every second. */
function Said({ text }: { text: string }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), 900)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <p className="said" role="status">
      {said}
    </p>
  )
}

const style = `
.status-badge {
  --tone: light-dark(#5d606a, #a3a9b5);
  position: relative;
  display: grid;
  grid-template-columns: auto minmax(0, 1fr);
  gap: 4px 12px;
}
.status-badge[data-tone="good"] { --tone: light-dark(#16794a, #4cc38a) }
.status-badge[data-tone="busy"] { --tone: light-dark(#9a5b00, #f0b54a) }
.status-badge[data-tone="bad"] { --tone: light-dark(#b3261e, #ff8f85) }
.status-badge p { margin: 0 }
.status-badge .indicator {
  width: 14px; height: 14px; margin: 5px 0 0 4px; border-radius: 50%;
  background: var(--tone); forced-color-adjust: none;
  box-shadow: 0 0 0 4px color-mix(in srgb, var(--tone) 22%, transparent);
}
.status-badge .headline { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px }
.status-badge .countdown { font-variant-numeric: tabular-nums }
.status-badge .why { grid-column: 2; min-height: 2.7em; font-size: 0.875em; line-height: 1.35; opacity: 0.8 }
.status-badge .moves { grid-column: 1 / -1; display: flex; gap: 8px; margin-top: 4px }
.status-badge .move { flex: 1 }
:where(.status-badge .move) {
  padding: 8px 14px; border: 1px solid var(--tone); border-radius: 8px; background: none; color: inherit; font: inherit;
}
.status-badge .said {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
@media (prefers-reduced-motion: no-preference) {
  .status-badge[data-tone="busy"] .indicator { animation: status-badge 1.4s ease-in-out infinite }
}
@keyframes status-badge { 50% { box-shadow: 0 0 0 8px color-mix(in srgb, var(--tone) 10%, transparent) } }
`
