/**
 * Owns every look at the outside world: clock, constructors, page events, error reporting.
 * The only file that touches globals, and never while it loads: mocks and instrumentation replace them later (R28).
 */
import type { Clock, Environment, SocketConstructor } from '../options/world.ts'

import { loadWs, takesInit } from './ws-node.ts'

/** The platform's timers, read at each call so that fake ones work. */
export const platformTimers: Pick<Clock, 'setTimeout' | 'clearTimeout'> = {
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer as never),
}

/** The same with its clocks. */
export const platformClock: Clock = /* @__PURE__ */ Object.assign(
  {
    now: () => Date.now(),
    monotonic: () => (typeof performance === 'object' ? performance.now() : Date.now()),
  },
  platformTimers,
)

/** What sets the platform's timers at this moment: another function where a test has put fake ones in its place. */
export const timersInForce = (): unknown => setTimeout

export const platformRandom = (): number => Math.random()

/** Where relative urls start; undefined without a page. */
export const pageUrl = (): string | undefined =>
  typeof document === 'object' && document ? document.baseURI : typeof location === 'object' ? location.href : undefined

export const newAbortController = (): AbortController | undefined =>
  typeof AbortController === 'function' ? new AbortController() : undefined

/** The constructor for this platform: `ws` where its options are wanted or nothing else is there. */
export function findWebSocket(wantsOptions: boolean): SocketConstructor | undefined {
  const own = (globalThis as { WebSocket?: SocketConstructor }).WebSocket
  return ((wantsOptions || !own) && loadWs()) || own
}

/** Whether the third argument of the constructor would be ignored. */
export const ignoresSocketOptions = (): boolean => typeof document === 'object' && !!document && !loadWs()

/** Whether this constructor takes `headers` beside the protocols, in one object: Node's own and its kin's. */
export const takesSocketInit = (Constructor: SocketConstructor): boolean =>
  Constructor === (globalThis as { WebSocket?: SocketConstructor }).WebSocket &&
  typeof document === 'undefined' &&
  takesInit()

/** Whether the page came by https: its browser then refuses what is not encrypted. */
export const isSecurePage = (): boolean => (pageUrl() || '').startsWith('https:')

/** Where all copies of this package find each other; for developer tools. */
export const sharedPlace = (): object => globalThis

/** Hands an error to the platform; false where it has no place for one. */
export function reportToPlatform(thrown: unknown): boolean {
  if (typeof reportError !== 'function') return false
  reportError(thrown)
  return true
}

/** The browser's own news (R15); nothing where there is no page. */
export const browserEnvironment: Environment = (notify) =>
  // Node: nobody tells anything, so nothing is kept for it.
  typeof document === 'object' || (globalThis as Partial<EventTarget>).addEventListener ? watchPage(notify) : unwatched

const unwatched = () => {}

const watchPage: Environment = (notify) => {
  const page = typeof document === 'object' ? document : null
  const undo: Array<() => void> = []
  const listen = (target: Partial<EventTarget> | null, type: string, fn: (event: Event) => void) => {
    if (!target || !target.addEventListener) return
    target.addEventListener(type, fn)
    undo.push(() => (target as EventTarget).removeEventListener(type, fn))
  }
  const wake = () => notify('wake')
  const freeze = () => notify('freeze')
  // Workers hear online and offline too, so these are asked of the global and not of a window.
  const self = globalThis as unknown as EventTarget
  listen(self, 'online', () => notify('online'))
  listen(self, 'offline', () => notify('offline'))
  // A page that comes out of the back/forward cache says so with `persisted`, before its sockets admit to be dead.
  listen(self, 'pageshow', (event) => (event as PageTransitionEvent).persisted && wake())
  listen(self, 'pagehide', (event) => (event as PageTransitionEvent).persisted && freeze())
  const isHidden = () => !!page && page.visibilityState === 'hidden'
  const isOffline = () => typeof navigator === 'object' && navigator.onLine === false
  listen(page, 'visibilitychange', () => notify(isHidden() ? 'hidden' : 'wake'))
  listen(page, 'resume', () => {
    if (!isHidden()) wake()
    // Thawed where nobody sees it: its connection wants a look, and yet this is no reason to come back for.
    else if (!isOffline()) notify('online')
  })
  listen(page, 'freeze', freeze)
  if (isHidden()) notify('hidden')
  if (isOffline()) notify('offline')
  return () => {
    for (const stop of undo) stop()
  }
}
