/**
 * Owns the status badge: the connection in one word, why it is so, when the next try comes, and a button that is right in
 * every state. One file with its own style, made to be copied. Must never say "lost" to somebody who was never connected,
 * nor "trying" while nothing tries, nor count towards a try that an offline device cannot make.
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

export interface Words {
  tone: Tone
  headline: string
  why: string
}

export function wordsFor(now: Situation): Words {
  const { status, connectionId, isReconnecting, retryCount, retryAt, preparing } = now
  const known = connectionId > 0
  if (isStranded(now)) {
    return { tone: 'bad', headline: 'This device is offline', why: 'It connects by itself when the network is back.' }
  }
  switch (status) {
    case 'open':
      return preparing === null
        ? { tone: 'good', headline: 'Connected', why: 'Messages arrive at once.' }
        : { tone: 'busy', headline: preparing, why: 'The line is open; the server has not answered yet.' }
    case 'connecting':
      return {
        tone: 'busy',
        headline: `${known ? 'Reconnecting' : 'Connecting'}${retryCount > 0 ? `, try ${retryCount}` : ''}`,
        why: (isReconnecting && reason(now)) || 'Waiting for the server to answer.',
      }
    case 'waiting':
      return retryAt === null
        ? { tone: 'off', headline: 'Resting', why: 'Nobody looks; it connects when somebody does.' }
        : { tone: 'bad', headline: known ? 'Connection lost' : 'Not connected yet', why: reason(now) }
    case 'blocked':
      return { tone: 'bad', headline: 'Pausing', why: 'Too many tries failed; this gives the server a rest.' }
    case 'failed':
      return { tone: 'bad', headline: 'Given up', why: reason(now) }
    case 'closing':
      return { tone: 'busy', headline: 'Closing', why: 'Saying goodbye to the server.' }
    case 'closed':
      return { tone: 'off', headline: known ? 'Disconnected' : 'Not connected', why: 'No connection is wanted.' }
    case 'idle':
      return { tone: 'off', headline: 'Not connected', why: 'Nobody has asked for a connection yet.' }
  }
}

/** Down, and for want of a network: then tries are neither counted nor counted down to. */
export const isStranded = ({ status, isReconnecting, online }: Situation) =>
  !online && (status === 'waiting' || status === 'blocked' || (status === 'connecting' && isReconnecting))

const reasons: Record<string, string> = {
  HEARTBEAT_TIMEOUT: 'The server stopped answering.',
  CONNECT_TIMEOUT: 'The server did not answer in time.',
  HANDSHAKE_FAILED: 'Could not connect to the server.',
  CIRCUIT_OPEN: 'Nothing is tried for a while.',
  NO_URL: 'There is no address to connect to.',
}

/** Why it is down, as far as anybody can know: a browser hides why a handshake failed. */
export function reason({ error, lastClose }: Pick<Situation, 'error' | 'lastClose'>): string {
  const code = lastClose ? ` (${lastClose.code}${lastClose.reason ? `: ${lastClose.reason}` : ''})` : ''
  if (error?.code === 'FATAL_CLOSE') return `The server closed it for good${code}.`
  if (error) return reasons[error.code] ?? 'The connection could not be made.'
  if (!lastClose) return ''
  if (lastClose.code === 1001) return 'The server is stopping.'
  if (lastClose.code === 1006) return 'The connection broke off.'
  if (lastClose.code === 1000 && !lastClose.wasClean) return 'The connection is being replaced.'
  return `The server closed the connection${code}.`
}

function useSituation(preparing: string | null): Situation {
  const { status, connectionId, isReconnecting, retryCount, retryAt, error, lastClose } = useWebSocket()
  const online = useOnline()
  return { status, connectionId, isReconnecting, retryCount, retryAt, error, lastClose, preparing, online }
}

/** The same for other parts of a page, so that all of it says one thing. */
export function useStatus(preparing: string | null = null) {
  const situation = useSituation(preparing)
  return { ...wordsFor(situation), stranded: isStranded(situation) }
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
  /** More buttons, beside the badge's own. */
  children?: ReactNode
}

export function StatusBadge({ preparing = null, children }: StatusBadgeProps) {
  const { status, retryNow, reconnect } = useWebSocket()
  const { tone, headline, why, stranded } = useStatus(preparing)
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
        {counts && (
          <span className="countdown">
            {status === 'blocked' ? 'A trial' : 'Next try'} in {seconds} s
          </span>
        )}
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
          {busy ? 'One moment…' : status === 'open' ? 'Reconnect' : wanted ? 'Try now' : 'Connect'}
        </button>
        {children}
      </div>
      <Said text={`${headline}. ${why}`} />
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
.status-badge .said {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
@media (prefers-reduced-motion: no-preference) {
  .status-badge[data-tone="busy"] .indicator { animation: status-badge 1.4s ease-in-out infinite }
}
@keyframes status-badge { 50% { box-shadow: 0 0 0 8px color-mix(in srgb, var(--tone) 10%, transparent) } }
`
