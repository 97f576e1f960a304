/**
 * Owns `npm run bench:ticker`: the ticker of the built demo in a real Chromium, 1,000 rows and 5,000 messages a second. What
 * the page counted must be what the server did; for ten seconds no task of the page may be long, and every click is
 * answered. Must never look into the page while it is measured: it notes by itself. A machine that is busy with other work
 * cannot hold what a clock says; test/e2e/chromium holds the rest of it.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { buildDemo, startDemoProcess } from '../test/support/demo-process.ts'
import { launchChromium } from './chromium.ts'

/** Ms. */
const limits = { task: 200, click: 200 }
const seconds = 10

interface Noted {
  /** Ms of every task above 50. */
  tasks: number[]
  /** Ms from each click to the picture that shows its answer; browsers tell of those above 16. */
  clicks: number[]
}

/** Runs in the page, before anything else. */
function note(): void {
  const noted: Noted = { tasks: [], clicks: [] }
  Object.assign(window, { noted })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.tasks.push(duration)
  }).observe({ type: 'longtask' })
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'click') noted.clicks.push(duration)
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
}

interface Counted {
  /** Of each topic: what the page has counted, and what the server has sent. */
  page: Record<string, number>
  server: Record<string, number>
  /** Of all together. */
  received: number
}

const button = (page: Page, name: string) => page.locator('#ticker').getByRole('button', { name, exact: true })

/** Opens the page of examples, with everything in it noted, and waits until its ticker runs. */
async function openTicker(page: Page, url: string): Promise<void> {
  await page.addInitScript(note)
  await page.goto(`${url}examples.html`)
  await page.locator('#ticker [data-status="open"]').waitFor()
  await page.waitForFunction(() => Number(document.querySelector('[data-sum="received"]')?.textContent) > 100)
}

/** The server answers in order, so what it has said when it says that it pauses is all there is. */
async function pauseAndCount(page: Page, url: string): Promise<Counted> {
  await button(page, 'Pause').click()
  const ask = async () => {
    const { visitors } = (await (await fetch(`${url}sockets/ticker`)).json()) as {
      visitors: { total: number; rate: number; sent: Record<string, number> }[]
    }
    return visitors[0]
  }
  let server = await ask()
  while (server?.rate !== 0) server = await ask()
  const { total, sent } = server
  await page.waitForFunction(
    (total) => Number(document.querySelector('[data-sum="received"]')?.textContent) === total,
    total,
    { timeout: 0 },
  )
  const rows = await page.evaluate(() =>
    // `textContent`, because rows out of sight are not laid out.
    [...document.querySelectorAll('.rows li')].map((row) => [
      String(row.querySelector('b')?.textContent),
      Number(row.querySelector('i')?.textContent),
    ]),
  )
  return { page: Object.fromEntries(rows), server: sent, received: total }
}

export interface Figures extends Counted {
  /** Messages a second. */
  rate: number
  /** Ms by the clock, of the longest task of the page. */
  longestTask: number
  /** Ms of a processor, of the longest thing it did in a task. A machine with other work tells the two apart. */
  longestWork: number
  slowestClick: number
}

/** Ten seconds at full speed, a click each second: a mark moves, or 900 rows go or come. */
export async function measureTicker(page: Page, url: string): Promise<Figures> {
  await openTicker(page, url)
  await button(page, '5,000 a second').click()
  // What mounting has cost is not asked here.
  await page.waitForFunction(() => Number(document.querySelector('[data-sum="received"]')?.textContent) > 10_000)
  const stopTrace = await traceTasks(page)
  const start = await forget(page)
  for (let second = 0; second < seconds; second++) {
    await page.waitForTimeout(1000)
    const rows = second % 4 ? 'Show 1,000 rows' : 'Show 100 rows'
    await button(page, second % 2 ? '5,000 a second' : rows).click()
  }
  const end = await notedBy(page)
  const longestWork = await stopTrace()
  const all = button(page, 'Show 1,000 rows')
  if (await all.isVisible()) await all.click()
  return {
    ...(await pauseAndCount(page, url)),
    rate: (end.received - start.received) / ((end.at - start.at) / 1000),
    longestTask: Math.max(0, ...end.tasks),
    longestWork,
    slowestClick: Math.max(0, ...end.clicks),
  }
}

/**
 * Chromium's own record of what a page does: each call of a script, each layout, each painting. The end of it says what the
 * longest on a page's main thread has cost a processor, ms. (Its record of tasks is so long that it would be one itself.)
 */
async function traceTasks(page: Page): Promise<() => Promise<number>> {
  const cdp = await (page.context().browser() as Browser).newBrowserCDPSession()
  const mains = new Set<string>()
  const tasks: [thread: string, ms: number][] = []
  cdp.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, ph, pid, tid, tdur, args } of value as unknown as TraceEvent[]) {
      if (name === 'thread_name' && args.name === 'CrRendererMain') mains.add(`${pid}:${tid}`)
      else if (ph === 'X' && tdur) tasks.push([`${pid}:${tid}`, tdur / 1000])
    }
  })
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', '__metadata'] },
  })
  return async () => {
    const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()))
    await cdp.send('Tracing.end')
    await complete
    return tasks.reduce((longest, [thread, ms]) => (mains.has(thread) ? Math.max(longest, ms) : longest), 0)
  }
}

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds of the thread. */
  tdur?: number
  args: { name?: string }
}

export async function main(): Promise<boolean> {
  await buildDemo()
  const data = await mkdtemp(join(tmpdir(), 'chat-ticker-'))
  const demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data }, 'demo:serve')
  const browser = await launchChromium()
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en' })).newPage()
    const { rate, longestTask, longestWork, slowestClick, received, ...counted } = await measureTicker(page, demo.url)
    const wrong = Object.keys(counted.server).filter((topic) => counted.page[topic] !== counted.server[topic])
    const ms = (value: number) => `${Math.round(value)} ms`
    const verdicts: [string, boolean][] = [
      [`${Math.round(rate)} messages a second for ${seconds} s`, rate > 4500],
      [
        `longest task ${ms(longestTask)}, longest work of a processor in one ${ms(longestWork)} (limit ${ms(limits.task)})`,
        longestTask <= limits.task,
      ],
      [`slowest click ${ms(slowestClick)} (limit ${ms(limits.click)})`, slowestClick <= limits.click],
      [`${received} messages counted, ${wrong.length} of 1,000 rows differ from the server`, wrong.length === 0],
    ]
    for (const [text, isFine] of verdicts) console.log(`${isFine ? '✓' : '✗'} ${text}`)
    return verdicts.every(([, isFine]) => isFine)
  } finally {
    await browser.close()
    await demo.kill('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
}

const notedBy = (page: Page) =>
  page.evaluate(() => {
    const { noted } = window as unknown as { noted: Noted }
    const received = Number(document.querySelector('[data-sum="received"]')?.textContent)
    return { ...noted, received, at: performance.now() }
  })

async function forget(page: Page) {
  await page.evaluate(() => {
    const { noted } = window as unknown as { noted: Noted }
    noted.tasks.length = noted.clicks.length = 0
  })
  return notedBy(page)
}
