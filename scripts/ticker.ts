/**
 * Owns `npm run bench:ticker`: the ticker of the built demo in a real Chromium, 1,000 rows and 5,000 messages a second. What
 * the page counted must be what the server did; for ten seconds no task of the page may be long, and every click is
 * answered. Must never look into the page while it is measured: it notes by itself.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
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

export interface Counted {
  /** Of each topic: what the page has counted, and what the server has sent. */
  page: Record<string, number>
  server: Record<string, number>
  /** All messages, told the same way. */
  received: number
  sent: number
}

const button = (page: Page, name: string) => page.locator('#ticker').getByRole('button', { name, exact: true })

/** Opens the page of examples, with everything in it noted, and waits until its ticker runs. */
export async function openTicker(page: Page, url: string): Promise<void> {
  await page.addInitScript(note)
  await page.goto(`${url}examples.html`)
  await page.locator('#ticker [data-status="open"]').waitFor()
  await page.waitForFunction(() => Number(document.querySelector('[data-sum="received"]')?.textContent) > 100)
}

/** Full speed until so many messages have come, then a pause; what both sides have counted. */
export async function countTicks(page: Page, url: string, messages: number): Promise<Counted> {
  await button(page, '5,000 a second').click()
  await page.waitForFunction(
    (messages) => Number(document.querySelector('[data-sum="received"]')?.textContent) > messages,
    messages,
    { timeout: 0 },
  )
  return pauseAndCount(page, url)
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
  return { page: Object.fromEntries(rows), server: sent, received: total, sent: total }
}

export async function main(): Promise<boolean> {
  await buildDemo()
  const data = await mkdtemp(join(tmpdir(), 'chat-ticker-'))
  const demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data }, 'demo:serve')
  const browser = await launchChromium()
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en' })).newPage()
    await openTicker(page, demo.url)
    await button(page, '5,000 a second').click()
    // What mounting has cost is not asked here.
    await page.waitForFunction(() => Number(document.querySelector('[data-sum="received"]')?.textContent) > 10_000)
    const start = await forget(page)
    for (let second = 0; second < seconds; second++) {
      await page.waitForTimeout(1000)
      // Light and heavy by turns: a mark moves, and 900 rows go or come.
      if (second % 2) await button(page, '5,000 a second').click()
      else await button(page, second % 4 ? 'Show 1,000 rows' : 'Show 100 rows').click()
    }
    const end = await notedBy(page)
    if (await button(page, 'Show 1,000 rows').isVisible()) await button(page, 'Show 1,000 rows').click()
    const counted = await pauseAndCount(page, demo.url)

    const topics = Object.entries(counted.server)
    const wrong = topics.filter(([topic, sent]) => counted.page[topic] !== sent)
    const rate = (end.received - start.received) / ((end.at - start.at) / 1000)
    const task = Math.max(0, ...end.tasks)
    const click = Math.max(0, ...end.clicks)
    const verdicts: [string, boolean][] = [
      [`${Math.round(rate)} messages a second for ${seconds} s, ${topics.length} rows`, rate > 4500],
      [`longest task ${Math.round(task)} ms (${end.tasks.length} above 50; limit ${limits.task})`, task <= limits.task],
      [
        `slowest click ${Math.round(click)} ms (${end.clicks.length} above 16; limit ${limits.click})`,
        click <= limits.click,
      ],
      [`${counted.received} messages counted, ${wrong.length} rows differ from the server`, wrong.length === 0],
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
