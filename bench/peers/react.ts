/** Owns what the page asks of a library with hooks: five components, written as its README advises. */

import type { ComponentType, ReactNode } from 'react'

export interface ReactPeer {
  /** Keeps every message and shows how many there are in `#count`. */
  readonly List: ComponentType<{ url: string }>
  /** Has one connection for all below. */
  readonly Shared: ComponentType<{ url: string; children: ReactNode }>
  /** Below `Shared`: shows the last message that begins with its topic, and calls `countRender()`. */
  readonly Reader: ComponentType<{ url: string; topic: string }>
  /** Below `Shared`: has the class `open` while the connection is. */
  readonly User: ComponentType<{ url: string }>
  /** The same with a connection of its own. */
  readonly Own: ComponentType<{ url: string }>
}

export const renders = { count: 0 }

export function countRender(): void {
  renders.count++
}

export const topicOf = (data: string): string => data.slice(0, data.indexOf(':'))

export const className = (isOpen: boolean): string => (isOpen ? 'open' : 'not')
