/** Owns the connection's state in words, for everything on the page that speaks of it. */

import { useWebSocket } from '../../hooks/index.ts'
import { useOnline } from './useOnline.ts'
import { describe, type Words } from './words.ts'

export function useConnectionWords(joined: boolean): Words {
  const { state, isReconnecting, retryCount, retryAt, error, lastClose } = useWebSocket()
  const online = useOnline()
  return describe({ state, isReconnecting, retryCount, retryAt, error, lastClose, joined, online })
}
