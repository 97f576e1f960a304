/**
 * Owns `npm run screenshots`, the pictures of the demo: a real server, a real browser, every state reached as a person would reach it.
 * Must never fake a state for the picture.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { startDemoProcess } from '../test/support/demo-process.ts'
import { launchChromium } from './chromium.ts'

const wide = { width: 1280, height: 800 }
const narrow = { width: 360, height: 740 }

/** Every size at which the page has to hold, upright and lying, from the smallest phone to the widest desk. */
const sizes: [number, number][] = [
  ...([
    [320, 568],
    [360, 740],
    [540, 720],
    [768, 1024],
    [1080, 1920],
  ] as [number, number][]),
  ...([
    [568, 320],
    [844, 390],
    [1024, 600],
    [1366, 768],
    [1920, 1080],
  ] as [number, number][]),
]

interface Look {
  scheme: 'light' | 'dark'
  size: { width: number; height: number }
  nick: string
}

/** Takes all pictures into a folder, and prints their names. */
export async function main(folder = 'screenshots'): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'chat-pictures-'))
  await mkdir(folder, { recursive: true })
  const demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data })
  let browser: Browser | undefined
  try {
    browser = await launchChromium()
    const open = visit(browser, demo.url)
    const control = (name: string, on: boolean) =>
      fetch(`${demo.url}control/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ on }),
      })
    const save = async (page: Page, name: string) => {
      await page.screenshot({ path: join(folder, `${name}.png`) })
      console.log(`screenshots/${name}.png`)
    }

    const ada = await open({ scheme: 'light', size: wide, nick: 'Ada' })
    const grace = await open({ scheme: 'dark', size: wide, nick: 'Grace' })
    const pocket = await open({ scheme: 'light', size: narrow, nick: 'Ada' })
    const night = await open({ scheme: 'dark', size: narrow, nick: 'Grace' })
    const talk: [Page, string][] = [
      [ada, 'Good morning! Is anybody else here yet?'],
      [grace, 'Just came in. Did you see that the server went down last night?'],
      [ada, 'No! Did we lose anything?'],
      [grace, 'Not a word. It numbers every message and writes it to disk before it says “delivered”.'],
      [grace, 'And what we typed meanwhile went out by itself.'],
      [ada, 'Then let us break it again:\n1. restart the server\n2. let it fall silent\n3. refuse everybody'],
      [grace, 'You first.'],
    ]
    for (const [page, text] of talk) {
      await say(page, text)
      const first = text.split('\n')[0] as string
      await page.locator('.message', { hasText: first }).locator('[data-status="delivered"]').waitFor()
    }
    for (const page of [ada, grace, pocket, night]) await measured(page)
    await save(ada, 'wide-light')
    await save(grace, 'wide-dark')
    await save(pocket, 'narrow-light')
    await pocket.getByRole('button', { name: 'Details' }).click()
    await save(pocket, 'narrow-unfolded')
    await pocket.getByRole('button', { name: 'Fold' }).click()

    await control('refuse', true)
    for (const page of [ada, grace, pocket, night]) {
      await say(page, 'Is this thing still on?')
      await write(page, 'I keep writing while it is')
    }
    // The fourth wait is long enough to be looked at.
    await badge(ada, '[data-status="waiting"][data-retries="4"]')
    await save(ada, 'lost-light')
    await badge(night, '[data-status="waiting"][data-retries="4"]')
    await save(night, 'lost-narrow-dark')
    await badge(grace, '[data-status="blocked"]')
    await save(grace, 'circuit-open-dark')
    await badge(pocket, '[data-status="blocked"]')
    await save(pocket, 'circuit-open-narrow')
    await badge(ada, '[data-status="blocked"]')
    await save(ada, 'circuit-open-light')
    await pocket.context().setOffline(true)
    await pocket.getByText('This device is offline').first().waitFor()
    await save(pocket, 'offline-narrow')
    await pocket.context().setOffline(false)

    await control('refuse', false)
    await ada.getByRole('button', { name: 'Try now' }).click()
    await badge(ada, '[data-tone="good"]')
    await ada.locator('[role="switch"][aria-checked="true"]').waitFor({ state: 'detached' })
    await save(ada, 'back-light')

    for (const [page, scheme] of [
      [ada, 'light'],
      [grace, 'dark'],
    ] as const) {
      await badge(page, '[data-tone="good"]')
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height })
        await save(page, `size-${width}x${height}-${scheme}`)
        const details = page.getByRole('button', { name: 'Details' })
        if (!(await details.isVisible())) continue
        await details.click()
        await save(page, `size-${width}x${height}-${scheme}-unfolded`)
        await page.getByRole('button', { name: 'Fold' }).click()
      }
    }
  } finally {
    await browser?.close()
    await demo.kill('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
}

const visit =
  (browser: Browser, url: string) =>
  async ({ scheme, size, nick }: Look) => {
    const context = await browser.newContext({
      colorScheme: scheme,
      viewport: size,
      locale: 'en-GB',
      timezoneId: 'UTC',
      // A picture should not catch an indicator halfway.
      reducedMotion: 'reduce',
    })
    // Full jitter would make every picture another one: each wait is half of the longest.
    await context.addInitScript(() => {
      Math.random = () => 0.5
    })
    const page = await context.newPage()
    await page.goto(`${url}#/lobby`)
    await page.getByLabel('You').fill(nick)
    await page.getByLabel('You').press('Enter')
    await badge(page, '[data-tone="good"]')
    return page
  }

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text)
}

async function say(page: Page, text: string): Promise<void> {
  await write(page, text)
  await page.getByLabel('Message', { exact: true }).press('Enter')
}

const badge = (page: Page, state: string) => page.locator(`.connection${state}`).waitFor({ timeout: 60_000 })

/** Waits for the first answered ping, so that no figure is missing from the picture. */
const measured = (page: Page) =>
  page.locator('[data-figure="Round trip"]:not([data-value=""])').waitFor({ state: 'attached', timeout: 20_000 })
