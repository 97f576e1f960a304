'use client'

/**
 * Owns a tracked view of a client in a component (R31). Must never be another object for a field that nobody read.
 */

import { useMemo } from 'react'
import type { ClientObserver, ClientView } from '../src/observers/client-observer.ts'
import { createTrackedView } from '../src/observers/tracked-view.ts'
import { useStore } from './useStore.ts'

/** `fields` and `functions` must be constants of their module. */
export const useTrackedView = <K extends keyof ClientView, F extends object>(
  observer: ClientObserver,
  fields: readonly K[],
  functions: (observer: ClientObserver) => F,
): Pick<ClientView, K> & F =>
  useStore(useMemo(() => createTrackedView(observer, fields, functions(observer)), [observer, fields, functions]))
