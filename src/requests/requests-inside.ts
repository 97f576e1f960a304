/**
 * Owns telling developer tools, while one develops, what is asked over a client and not answered yet.
 * Must never reach a production bundle, nor hold a request that is over.
 */

import { insideOf, type RequestLook } from '../runtime/insides.ts'

interface Asked {
  readonly id: unknown
  readonly data: unknown
  readonly deadline: number
  readonly whenLost?: 'reject' | 'resend' | undefined
  readonly sentOn: number
  unlisten: () => void
}

/** It was asked just now, monotonic ms; over when `unlisten` is called. */
export function announceRequest(client: object, entry: Asked, askedAt: number): void {
  const inside = insideOf(client)
  if (!inside) return
  const requests = (inside.requests = inside.requests || { asked: 0, underWay: new Set() })
  const { id, data, deadline, whenLost = 'reject', unlisten } = entry
  const look: RequestLook = {
    ...{ id: String(id), data, askedAt, deadline, whenLost },
    get isSent() {
      return entry.sentOn > 0
    },
  }
  requests.asked++
  requests.underWay.add(look)
  entry.unlisten = () => {
    requests.underWay.delete(look)
    unlisten()
  }
}
