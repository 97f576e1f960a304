/** Owns the room's name in the address: `#/lobby`. */

import { useSyncExternalStore } from 'react'
import { roomFault } from '../protocol.ts'

const subscribe = (tell: () => void) => {
  window.addEventListener('hashchange', tell)
  return () => window.removeEventListener('hashchange', tell)
}

/** The room in the address; the lobby where it names none that could be. */
export function roomIn(hash: string): string {
  const name = hash.replace(/^#\/?/, '')
  return roomFault(name) ? 'lobby' : name
}

export const useRoom = () => useSyncExternalStore(subscribe, () => roomIn(window.location.hash))

export function goTo(room: string): void {
  window.location.hash = `#/${room}`
}
