/** Owns how an entry of the recording is written in one line. Pure. */

import type { RecordedEntry } from '../../../devtools/recorder.ts'

/** UTF-16 code units of a message that are shown. */
const longest = 160

export function entryText(entry: RecordedEntry): string {
  switch (entry.type) {
    case 'transition': {
      const { event, before, after, effects } = entry
      const phases = before.phase === after.phase ? after.phase : `${before.phase} → ${after.phase}`
      const names = effects.map(([name]) => name).join(', ')
      return `${event.type}: ${phases}${names && ` · ${names}`}`
    }
    case 'received':
      return `⇣ ${shortened(entry.data)}`
    case 'sent':
      return `⇡ ${shortened(entry.data)}`
    case 'queue':
      return `queue: ${entry.size}`
    case 'error':
      return `${entry.code}: ${entry.message}`
  }
}

/** `09:41:07.123` of an epoch time. */
export function clockTime(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

/** The heartbeat's ping, or the answer to it, or what the machine does about it. */
export const isHeartbeat = (entry: RecordedEntry): boolean => {
  if (entry.type === 'received' || entry.type === 'sent') return !!entry.heartbeat
  if (entry.type !== 'transition') return false
  const { event, before, after } = entry
  return event.type === 'timeout' && isUp(before.phase) && isUp(after.phase)
}

const isUp = (phase: string) => phase === 'open' || phase === 'probing'

const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)
