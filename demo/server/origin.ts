/**
 * Owns the question whether a request comes from the chat's own page. WebSockets know no same-origin policy: without
 * this, any site a person visits could talk to the server on their machine. Pure.
 */

import type { IncomingHttpHeaders } from 'node:http'

const localNames = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/**
 * Whether host and origin fit: an `Origin`, which every browser sends, must be the very host that was called; and where
 * only this machine can call, the host must be one of its names, or a foreign name that points here would pass.
 */
export function isOurs({ host, origin }: IncomingHttpHeaders, local: boolean): boolean {
  if (!host || (local && !localNames.test(host))) return false
  if (origin === undefined) return true
  try {
    return new URL(origin).host === new URL(`http://${host}`).host
  } catch {
    return false
  }
}
