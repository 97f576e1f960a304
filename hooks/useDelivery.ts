'use client'

/** Owns what becomes of one message, in a component (R31). Must never send it. */

import { useMemo } from 'react'
import { deliveryStore } from '../src/observers/outbox-view.ts'
import type { Delivery, DeliveryStatus } from '../src/session/index.ts'
import { type SessionOption, useSession } from './useSession.ts'
import { useStore } from './useStore.ts'

/**
 * The status of what `send` has returned; undefined for none.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const status = useDelivery(delivery)
 * return <i>{status === 'acked' ? '✓' : status === 'refused' ? 'not taken' : '…'}</i>
 */
export function useDelivery(delivery: Delivery, options?: SessionOption): DeliveryStatus
export function useDelivery(delivery: Delivery | null | undefined, options?: SessionOption): DeliveryStatus | undefined
export function useDelivery(
  delivery: Delivery | null | undefined,
  { session: given }: SessionOption = {},
): DeliveryStatus | undefined {
  const session = useSession(given)
  return useStore(useMemo(() => deliveryStore(session, delivery), [session, delivery]))
}
