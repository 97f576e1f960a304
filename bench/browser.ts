/**
 * Owns the browser of the bench: a fresh Chromium per run, and the time its page spends in JavaScript, as the DevTools
 * protocol counts it: on the thread's own clock, so that a busy machine changes little. Must never leave one behind.
 */

import { launchChromium } from '../demo/drive.ts'
import { pageProgram } from './bundle.ts'
import type { BenchServer } from './processes.ts'

export interface Stage {
  /** Calls a function of `window.bench`. */
  call<T>(name: string, ...args: unknown[]): Promise<T>
  /** The same, and the ms of JavaScript it took. */
  time<T>(name: string, ...args: unknown[]): Promise<readonly [result: T, ms: number]>
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
    page.setDefaultTimeout(120_000)
    page.on('pageerror', (error) => console.error(`${adapter}: ${error.message}`))
    await page.goto(server.url.replace('ws:', 'http:'))
    await page.addScriptTag({ content: script })
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spent = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1000
    }
    const call = <R>(name: string, ...args: unknown[]) =>
      page.evaluate(
        ([name, args]) =>
          (globalThis as never as { bench: Record<string, (...args: unknown[]) => R> }).bench[name]?.(...args) as R,
        [name, args] as const,
      )
    return await play({
      call,
      async time<R>(name: string, ...args: unknown[]) {
        const before = await spent()
        const result = await call<R>(name, ...args)
        return [result, (await spent()) - before] as const
      },
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
