/**
 * Owns how the connection's state is put into words: what it is, why, and what the one button does. Pure.
 * Must never claim more than is known: a browser hides why a handshake failed, and an open socket may be mute.
 */

import type { CloseInfo, ConnectionState, WebSocketReconnectError } from '../../hooks/index.ts'

/** `good`: all is well; `busy`: on its way; `bad`: down; `off`: nobody wants a connection. */
export type Tone = 'good' | 'busy' | 'bad' | 'off'

export interface Situation {
  state: ConnectionState
  isReconnecting: boolean
  retryCount: number
  retryAt: number | null
  error: Pick<WebSocketReconnectError, 'code'> | null
  lastClose: CloseInfo | null
  /** Whether the room has been joined over this connection. */
  joined: boolean
  /** Whether the browser believes to have a network. */
  online: boolean
}

export interface Words {
  tone: Tone
  headline: string
  why: string
}

export function describe(now: Situation): Words {
  const { state, isReconnecting, retryAt, joined, retryCount } = now
  switch (state) {
    case 'OPEN':
      return joined
        ? { tone: 'good', headline: 'Connected', why: 'Messages arrive as they are written.' }
        : { tone: 'busy', headline: 'Joining the room', why: 'The line is open, but the server has not answered yet.' }
    case 'CONNECTING':
      return isReconnecting
        ? {
            tone: 'busy',
            headline: retryCount > 0 ? `Reconnecting, try ${retryCount}` : 'Reconnecting',
            why: reason(now),
          }
        : { tone: 'busy', headline: 'Connecting', why: 'Waiting for the server to answer.' }
    case 'BLOCKED':
      return {
        tone: 'bad',
        headline: 'Pausing: circuit open',
        why: `Too many tries failed. ${reason(now)}`,
      }
    case 'FAILED':
      return { tone: 'bad', headline: 'Given up', why: reason(now) }
    case 'CLOSING':
      return { tone: 'busy', headline: 'Closing', why: 'Saying goodbye to the server.' }
    case 'CLOSED':
      if (retryAt !== null) return { tone: 'bad', headline: 'Not connected', why: reason(now) }
      return { tone: 'off', headline: 'Not connected', why: 'No connection is wanted.' }
  }
}

/** Why it is down, as far as anybody can know. */
export function reason({ error, lastClose, online }: Pick<Situation, 'error' | 'lastClose' | 'online'>): string {
  if (!online) return 'This device says that it is offline.'
  switch (error?.code) {
    case 'HEARTBEAT_TIMEOUT':
      return 'The server stopped answering.'
    case 'CONNECT_TIMEOUT':
      return 'The server did not answer in time.'
    case 'HANDSHAKE_FAILED':
      return 'The server is not there, or refuses connections.'
    case 'FATAL_CLOSE':
      return `The server closed the connection for good${codeOf(lastClose)}.`
    case 'CIRCUIT_OPEN':
      return 'The circuit breaker is open.'
  }
  if (error) return 'The connection could not be made.'
  if (!lastClose) return ''
  if (lastClose.code === 1001) return 'The server is stopping.'
  if (lastClose.code === 1006) return 'The connection broke off.'
  if (lastClose.code === 1000 && lastClose.wasClean === false) return 'The connection is being replaced.'
  return `The server closed the connection${codeOf(lastClose)}.`
}

const codeOf = (close: CloseInfo | null) => (close ? ` (${close.code}${close.reason ? `: ${close.reason}` : ''})` : '')

/** What the one button does now. */
export type Move = 'try' | 'close-circuit' | 'connect' | 'replace' | 'wait'

export function moveFor(state: ConnectionState): { move: Move; label: string } {
  switch (state) {
    case 'BLOCKED':
      return { move: 'close-circuit', label: 'Close the circuit and try' }
    case 'FAILED':
      return { move: 'connect', label: 'Connect again' }
    case 'CLOSED':
      return { move: 'try', label: 'Try now' }
    case 'OPEN':
      return { move: 'replace', label: 'Reconnect' }
    default:
      return { move: 'wait', label: 'Trying…' }
  }
}

/** `12 s`, `3 min 05 s`, `2 h 07 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`
}

/** A countdown: tenths while they matter, and never below zero. */
export function countdown(ms: number): string {
  const left = Math.max(0, ms)
  return left < 10_000 ? `${(Math.ceil(left / 100) / 10).toFixed(1)} s` : duration(left + 999)
}

/** A round trip: `0.4 ms`, `12 ms`. */
export const roundTrip = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
