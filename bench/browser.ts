/**
 * Owns the browser of the bench: a fresh Chromium per run, and the time its page takes, as the DevTools protocol counts
 * it: on the thread's own clock, so that a busy machine changes little. Must never leave one behind.
 */

import { launchChromium } from '../scripts/chromium.ts'
import { pageProgram } from './bundle.ts'
import type { BenchServer } from './processes.ts'

/** No scene of a page takes this long, ms. */
const LIMIT = 120_000

export interface Stage {
  /** Calls a function of `window.bench`. */
  call<T>(name: string, ...args: unknown[]): Promise<T>
  /** The same, and the ms it took: of event handlers and timers alone, or of all tasks, promises and painting included. */
  time<T>(what: 'ScriptDuration' | 'TaskDuration', name: string, ...args: unknown[]): Promise<readonly [T, ms: number]>
  /** How many errors nobody caught on the page. */
  errors(): number
}

/** Opens the page of a program with a peer's adapter (its file name), and lets `play` act on it. */
export async function onPage<T>(
  program: string,
  adapter: string,
  server: BenchServer,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const script = await pageProgram(program, adapter)
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    let errors = 0
    page.on('pageerror', () => errors++)
    await page.goto(server.url.replace('ws:', 'http:'))
    await page.addScriptTag({ content: script })
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spent = async (what: string) => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === what)?.value ?? Number.NaN) * 1000
    }
    const evaluate = <R>(name: string, ...args: unknown[]) =>
      page.evaluate(
        ([name, args]) =>
          (globalThis as never as { bench: Record<string, (...args: unknown[]) => R> }).bench[name]?.(...args) as R,
        [name, args] as const,
      )
    const call = async <R>(name: string, ...args: unknown[]): Promise<R> => {
      let timer: NodeJS.Timeout | undefined
      const tooLong = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${program}: ${name} with ${adapter} takes over ${LIMIT} ms`)), LIMIT)
      })
      try {
        return await Promise.race([evaluate<R>(name, ...args), tooLong])
      } finally {
        clearTimeout(timer)
      }
    }
    return await play({
      call,
      async time<R>(what: string, name: string, ...args: unknown[]) {
        const before = await spent(what)
        const result = await call<R>(name, ...args)
        return [result, (await spent(what)) - before] as const
      },
      errors: () => errors,
    })
  } finally {
    await browser.close()
  }
}

export async function browserVersion(): Promise<string> {
  const browser = await launchChromium()
  const version = browser.version()
  await browser.close()
  return `Chromium ${version}`
}
