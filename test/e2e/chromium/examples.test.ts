/** The page of examples as it is built and served, in a real Chromium: every example works, and everybody can use it. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../../../scripts/chromium.ts'
import { measureTicker } from '../../../scripts/ticker.ts'
import { buildDemo, type DemoProcess, startDemoProcess } from '../../support/demo-process.ts'
import { patience } from './stage.ts'

let data = ''
let demo: DemoProcess
let browser: Browser
beforeAll(async () => {
  await buildDemo()
  data = await mkdtemp(join(tmpdir(), 'chat-examples-'))
  demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data }, 'demo:serve')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await demo?.kill('SIGTERM')
  await rm(data, { recursive: true, force: true })
})

/** A page that notes every complaint; it must have none at the end of the test. */
async function visit(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => complaints.push(message.text()))
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  return page
}

const connected = (page: Page) => page.locator('.line[data-status="open"]')

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await visit(options)
  await page.goto(`${demo.url}examples.html`)
  await expect.poll(() => connected(page).count(), patience).toBe(6)
  return page
}

describe('every example', () => {
  it('does what it says, and is back by itself after its line was cut', async () => {
    const page = await open()
    const use = async (round: number) => {
      await page.locator('#factors').getByRole('button', { name: 'Ask' }).click()
      await page.locator('#factors output', { hasText: '3 × 3 × 3607 × 3803' }).waitFor()
      await page.locator('#two input').fill(`round ${round}`)
      await page.locator('#two [data-shows="echo"]', { hasText: `round ${round}` }).waitFor()
      await page.locator('#list input').fill(`bread ${round}`)
      await page.locator('#list').getByRole('button', { name: 'Add' }).click()
      await page.locator('#list li:not([data-status])', { hasText: `bread ${round}` }).waitFor()
      await page.locator('#votes').getByRole('button', { name: 'Tea' }).click()
      await page.locator('#votes [data-votes="tea"]', { hasText: String(round) }).waitFor()
    }
    await use(1)
    const [cut] = await Promise.all([
      page.waitForResponse(/sockets\/cut$/),
      page.getByRole('button', { name: 'Cut every connection' }).click(),
    ])
    expect(await cut.json()).toEqual({ cut: 6 })
    await page.getByText('6 connections were cut.').waitFor()
    await expect.poll(() => connected(page).count(), patience).toBe(6)
    await use(2)
    expect(await page.locator('#list li').allTextContents()).toEqual(['bread 1', 'bread 2'])
  })

  it('shows its source, which can be copied', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const source = page.locator('#votes .source')
    expect(await source.locator('pre').textContent()).toContain("from 'react-websocket-reconnect/graphql/react'")
    await source.getByRole('button', { name: 'Copy' }).click()
    await source.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await source.locator('pre').textContent())
  })

  it('of 1,000 rows the ticker counts every message at 5,000 a second, and gives a processor no long work', async () => {
    const page = await visit()
    const { rate, longestWork, longestTask, slowestClick, received, ...counted } = await measureTicker(page, demo.url)
    expect(Object.keys(counted.server)).toHaveLength(1000)
    expect(counted.page).toEqual(counted.server)
    expect(await page.locator('[data-sum="missing"]').textContent()).toBe('0')
    // By the clock it is measured where the machine has nothing else to do: `npm run bench:ticker`.
    console.log(JSON.stringify({ rate, received, longestWork, longestTask, slowestClick }))
    expect(longestWork).toBeLessThan(200)
  })
})

describe('for everybody', () => {
  it.each([
    ['light', 1280, 800, 'en'],
    ['dark', 1280, 800, 'zh-CN'],
    ['light', 320, 568, 'zh-CN'],
    ['dark', 390, 844, 'en'],
    ['light', 844, 390, 'en'],
    ['dark', 1920, 1080, 'en'],
  ] as const)(
    'has no fault that axe finds and nothing wider than the page, %s, %d × %d, %s',
    async (colorScheme, width, height, locale) => {
      const page = await open({ colorScheme, viewport: { width, height }, locale, reducedMotion: 'reduce' })
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
      const faults = await page.evaluate(async () => {
        const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run()
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
      })
      expect(faults).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    },
  )

  it('every control is reached by the tab key, in the order of the page, and a language is changed so', async () => {
    const page = await open()
    const all = await page.evaluate(() => {
      const found = [...document.querySelectorAll<HTMLElement>('a, button, input, summary, [tabindex]')]
      found.forEach((element, index) => (element.dataset.place = String(index)))
      return found.length
    })
    const reached: number[] = []
    for (let n = 0; n < all; n++) {
      await page.keyboard.press('Tab')
      reached.push(await page.evaluate(() => Number((document.activeElement as HTMLElement).dataset.place)))
    }
    expect(reached).toEqual(Array.from({ length: all }, (_, place) => place))
    await page.getByRole('button', { name: '中文' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: '示例' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN')
  })
})
