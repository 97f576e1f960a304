/**
 * Owns what the console says in development of a component's url: each sentence once per page.
 * Must never be reached in production.
 */

import type { OptionChanges } from './stable-options.ts'

let isTold = false
let isWarned = false
const unstable = /* @__PURE__ */ new WeakMap<object, number>()

/** `isBarred`: only the user's own `close()` keeps the client from connecting. */
export function warnOfChange(client: object, changes: OptionChanges | undefined, isBarred: boolean): void {
  const isOther = typeof changes?.options.url === 'string'
  warnOfUnstableUrl(client, isOther)
  // They log out with close(), log in with another url, and wonder why nothing connects (R30).
  if (!(isOther || changes?.address === 'other') || !isBarred || isTold) return
  isTold = true
  console.warn(
    'WebSocketReconnect: the url has changed, but close() was called, so it stays closed until connect() or until ' +
      'enabled goes from false to true. To close for as long as nobody is logged in, give enabled={false} or url={null}.',
  )
}

/** Somebody who walks through pages renders in between; a url that no commit leaves alone has a clock or a dice in it. */
function warnOfUnstableUrl(client: object, isOther: boolean): void {
  const changes = isOther ? (unstable.get(client) || 0) + 1 : 0
  unstable.set(client, changes)
  if (changes < 6 || isWarned) return
  isWarned = true
  console.warn(
    'WebSocketReconnect: "url" is another string on every render, and each one replaces the connection. ' +
      'Keep it in state or a memo, or give a function: it is asked on every attempt.',
  )
}
