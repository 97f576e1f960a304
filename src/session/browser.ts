/**
 * Owns every look of a session at the browser it lives in: its databases, locks, bells and storage, and chance that nobody can
 * guess. Must never look while it is imported, nor throw where something is missing or forbidden.
 */

import { platformTimers } from '../runtime/platform.ts'

/** A bell between tabs. */
export interface Channel {
  onmessage: ((event: any) => void) | null
  postMessage(message: unknown): void
  close(): void
  unref?(): void
}

/** What a browser may have for us. */
export interface Browser {
  readonly indexedDB?: IDBFactory | undefined
  readonly locks?: Pick<LockManager, 'request'> | undefined
  readonly sessionStorage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
  readonly channel?: ((name: string) => Channel) | undefined
  estimate?(): Promise<StorageEstimate>
  /** Calls when somebody sees the page again; returns how to stop. */
  onVisible(listener: () => void): () => void
  now(): number
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

/** Forbidden is as good as missing. */
function look<T>(at: () => T | undefined): T | undefined {
  try {
    return at()
  } catch {
    return undefined
  }
}

export function findBrowser(): Browser {
  const self = globalThis as Partial<typeof globalThis>
  const own = self.navigator as Partial<Navigator> | undefined
  return {
    indexedDB: look(() => self.indexedDB),
    locks: look(() => own?.locks),
    sessionStorage: look(() => self.sessionStorage),
    channel: self.BroadcastChannel && ((name) => new BroadcastChannel(name)),
    estimate: async () => (await own?.storage?.estimate?.()) || {},
    onVisible(listener) {
      const page = self.document
      const onChange = () => page?.visibilityState === 'visible' && listener()
      page?.addEventListener('visibilitychange', onChange)
      return () => page?.removeEventListener('visibilitychange', onChange)
    },
    now: () => Date.now(),
    ...platformTimers,
  }
}

/** 22 letters and digits, which are 113 bits; where there is no better chance, of the poorer kind. */
export function randomId(): string {
  const bytes: ArrayLike<number> =
    typeof crypto === 'object' && crypto.getRandomValues
      ? crypto.getRandomValues(new Uint8Array(22))
      : Array.from({ length: 22 }, () => Math.random() * 256)
  return Array.from(bytes, (byte) => ((byte % 36) | 0).toString(36)).join('')
}

/** Where the numbers of a page's requests begin, so that no two pages of a client choose the same. */
export const randomCount = (): number => Math.floor(Math.random() * 2 ** 31)
