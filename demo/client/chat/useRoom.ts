/**
 * Owns the room's name in the address: `#/lobby`, in any script. One room has one spelling, however it is typed.
 * Must never go elsewhere without saying which name was refused.
 */

import { useMemo, useSyncExternalStore } from 'react'
import { roomFault } from '../../protocol.ts'

export interface Address {
  room: string
  /** What the address names, if no room can bear that name. */
  refused: string | null
}

const subscribe = (tell: () => void) => {
  window.addEventListener('hashchange', tell)
  return () => window.removeEventListener('hashchange', tell)
}

/** The room that a person means: composed, in small letters, with hyphens for spaces. It may still be none. */
export const roomNamed = (text: string) =>
  text.trim().replace(/^#/, '').trim().replace(/\s+/g, '-').normalize().toLowerCase().normalize()

/** The room in the address; the lobby where it names none that could be. */
export function roomIn(hash: string): Address {
  const text = decode(hash.replace(/^#\/?/, ''))
  const room = roomNamed(text)
  if (!roomFault(room)) return { room, refused: null }
  return { room: 'lobby', refused: text === '' ? null : text }
}

/** Browsers write the address in percent signs; people may paste anything. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const addressOf = (room: string) => `#/${encodeURIComponent(room)}`

export function useRoom(): Address {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash)
  return useMemo(() => roomIn(hash), [hash])
}

export function goTo(room: string): void {
  window.location.hash = addressOf(room)
}
