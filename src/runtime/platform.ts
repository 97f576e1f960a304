/**
 * Owns every look at the outside world: clock, constructors, page events, error reporting.
 * The only file that touches globals, and never while it loads: mocks and instrumentation replace them later (R28).
 */
import type { Clock, Environment, EnvironmentSignal, SocketConstructor } from '../options/world.ts'

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
    // Looked up once: in Node a look at `performance` costs a quarter of the answer.
    monotonic: () => ((globalThis as Partial<typeof globalThis>).performance || Date).now(),
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

/** The same, and where it has no place for one, throws it from a task of its own. */
export function reportOrThrow(thrown: unknown): void {
  if (reportToPlatform(thrown)) return
  setTimeout(() => {
    throw thrown
  }, 0)
}

/** How to stop what has never begun: one function for all clients that watch nothing. */
export const nothing = (): void => {}

type Notify = Parameters<Environment>[0]
type Page = Document | null

/** The page whose news was asked for last. */
let latest: { readonly page: Page; readonly join: Environment } | undefined

/** The browser's own news (R15), from one watcher for all who ask; nothing where there is no page. */
export const browserEnvironment: Environment = (notify) => {
  const page = typeof document === 'object' ? document : null
  // Node: nobody tells anything, so nothing is kept for it.
  if (!page && !(globalThis as Partial<EventTarget>).addEventListener) return nothing
  // A test may put another page in the place of the first.
  if (!latest || latest.page !== page) latest = { page, join: watchPage(page) }
  return latest.join(notify)
}

/** Listens for as long as somebody wants the news of this page, and once, however many they are. */
function watchPage(page: Page): Environment {
  const readers = new Set<Notify>()
  const undo: Array<() => void> = []
  const isHidden = () => !!page && page.visibilityState === 'hidden'
  const isOffline = () => typeof navigator === 'object' && navigator.onLine === false
  const listen = (
    target: Partial<EventTarget> | null,
    type: string,
    signalOf: (event: PageTransitionEvent) => EnvironmentSignal | false,
  ) => {
    if (!target || !target.addEventListener) return
    const listener = (event: Event) => {
      const signal = signalOf(event as PageTransitionEvent)
      if (signal) tell(signal)
    }
    target.addEventListener(type, listener)
    undo.push(() => (target as EventTarget).removeEventListener(type, listener))
  }
  const tell = (signal: EnvironmentSignal) => {
    for (const read of [...readers]) {
      try {
        // Who has left since, or come, has not been there when it happened.
        if (readers.has(read)) read(signal)
      } catch (thrown) {
        reportOrThrow(thrown)
      }
    }
  }
  const start = () => {
    // Workers hear online and offline too, so these are asked of the global and not of a window.
    const self = globalThis as unknown as EventTarget
    listen(self, 'online', () => 'online')
    listen(self, 'offline', () => 'offline')
    // A page that comes out of the back/forward cache says so with `persisted`, before its sockets admit to be dead.
    listen(self, 'pageshow', ({ persisted }) => persisted && 'wake')
    listen(self, 'pagehide', ({ persisted }) => persisted && 'freeze')
    listen(page, 'visibilitychange', () => (isHidden() ? 'hidden' : 'wake'))
    // Thawed where nobody sees it: its connection wants a look, and yet this is no reason to come back for.
    listen(page, 'resume', () => (isHidden() ? !isOffline() && 'online' : 'wake'))
    listen(page, 'freeze', () => 'freeze')
  }

  return (notify) => {
    if (!readers.size) start()
    readers.add(notify)
    if (isHidden()) notify('hidden')
    if (isOffline()) notify('offline')
    return () => {
      readers.delete(notify)
      if (!readers.size) for (const stop of undo.splice(0)) stop()
    }
  }
}
