'use client'

/**
 * Owns the one way in which hooks read (R31): the base of all that show something. Must never know what it reads.
 */

import { useSyncExternalStore } from 'react'
import type { Store } from '../src/index.ts'

export const useStore = <T>({ subscribe, getSnapshot, getServerSnapshot }: Store<T>): T =>
  useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
