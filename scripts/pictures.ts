/**
 * Owns `npm run pictures`: the pictures of the READMEs, taken from the built demo as it is: a real server, which is really
 * killed, and a real browser. Must never fake a state for a picture, nor write one that is too large to be kept.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { buildDemo, type DemoProcess, startDemoProcess } from '../test/support/demo-process.ts'
import { launchChromium } from './chromium.ts'
import { animatedPng, type Frame, smallPng } from './png.ts'

const folder = 'docs/pictures'
const limits = { picture: 150_000, film: 2_000_000 }

type Scheme = 'light' | 'dark'
/** Where a page is: by itself, or in the frame of the film. */
type Place = Page | FrameLocator

const talk: [who: 'Ada' | 'Grace', text: string][] = [
  ['Ada', 'Good morning! Is anybody else here yet?'],
  ['Grace', 'Just came in. Did you see that the server went down last night?'],
  ['Ada', 'No! Did we lose anything?'],
  ['Grace', 'Not a word. What we typed meanwhile went out by itself, once and in order.'],
  ['Ada', 'Then let us break it again.'],
]

export async function main(): Promise<boolean> {
  await buildDemo()
  await mkdir(folder, { recursive: true })
  const browser = await launchChromium()
  try {
    await withDemo((demo) => takePictures(browser, demo))
    await withDemo((demo, restart) => takeFilm(browser, demo, restart))
  } finally {
    await browser.close()
  }
  return !isTooLarge
}

let isTooLarge = false

async function keep(name: string, picture: Buffer, limit: number): Promise<void> {
  await writeFile(join(folder, name), picture)
  const isOver = picture.length > limit
  isTooLarge ||= isOver
  console.log(`${folder}/${name}  ${(picture.length / 1000).toFixed(1)} kB${isOver ? ', TOO LARGE' : ''}`)
}

/** A demo of its own, with nothing in it yet; `restart` starts it again where it was, after it was killed. */
async function withDemo(
  task: (demo: DemoProcess, restart: () => Promise<DemoProcess>) => Promise<void>,
): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'chat-pictures-'))
  let demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data }, 'demo:serve')
  const { port } = demo
  try {
    await task(demo, async () => {
      demo = await startDemoProcess({ PORT: String(port), CHAT_DATA: data }, 'demo:serve')
      return demo
    })
  } finally {
    await demo.kill('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
}

async function newPage(browser: Browser, scheme: Scheme, width: number, height: number, scale = 1): Promise<Page> {
  const context = await browser.newContext({
    ...{ colorScheme: scheme, viewport: { width, height }, deviceScaleFactor: scale },
    // A picture should not catch an indicator halfway.
    ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
  })
  // Chance would make every picture another one: each wait is half of the longest.
  await context.addInitScript(() => {
    Math.random = () => 0.5
  })
  return context.newPage()
}

const badge = (place: Place, state: string) => place.locator(`.connection${state}`).waitFor({ timeout: 60_000 })

async function enter(place: Place, nick: string): Promise<void> {
  await place.getByLabel('You').fill(nick)
  await place.getByLabel('You').press('Enter')
  await badge(place, '[data-tone="good"]')
}

async function say(place: Place, text: string): Promise<void> {
  await place.getByLabel('Message', { exact: true }).fill(text)
  await place.getByLabel('Message', { exact: true }).press('Enter')
}

const delivered = (place: Place, text: string) =>
  place.locator('.message', { hasText: text }).locator('[data-status="delivered"]').waitFor()

/** By its side door; then it lets nobody in. */
const refuse = (url: string, on: boolean) =>
  fetch(`${url}control/refuse`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ on }) },
  })

/** The fourth wait between tries is long enough to be looked at. */
const longWait = (page: Page) => badge(page, '[data-status="waiting"][data-retries="4"]')

/** Both talk, and both have heard everything. */
async function converse(ada: Place, grace: Place, lines = talk): Promise<void> {
  for (const [who, text] of lines) {
    const [writer, reader] = who === 'Ada' ? [ada, grace] : [grace, ada]
    await say(writer, text)
    await delivered(writer, text)
    await reader.locator('.message', { hasText: text }).waitFor()
  }
}

/** Shows the laboratory, or puts it away, whatever a page of this size begins with. */
async function setLaboratory(page: Page, isWanted: boolean): Promise<void> {
  const lab = page.locator('#lab')
  if ((await lab.isVisible()) !== isWanted) {
    if (isWanted) await page.locator('#lab-button').click()
    else await page.getByRole('button', { name: 'Close the laboratory' }).click()
  }
  await lab.waitFor({ state: isWanted ? 'visible' : 'hidden' })
}

async function takePictures(browser: Browser, { url }: DemoProcess): Promise<void> {
  const chat: Record<Scheme, Page> = {
    light: await newPage(browser, 'light', 1060, 700, 2),
    dark: await newPage(browser, 'dark', 1060, 700, 2),
  }
  for (const [scheme, page] of Object.entries(chat)) {
    await page.goto(`${url}#/lobby`)
    await setLaboratory(page, false)
    await enter(page, scheme === 'light' ? 'Ada' : 'Grace')
  }
  await converse(chat.light, chat.dark)
  for (const scheme of ['light', 'dark'] as const) {
    // The first answered ping, so that no figure is missing.
    await chat[scheme].locator('[data-figure="Round trip"]:not([data-value=""])').waitFor({ state: 'attached' })
    await keep(`chat-${scheme}.png`, smallPng(await chat[scheme].screenshot()), limits.picture)
    await chat[scheme].context().close()
  }

  for (const scheme of ['light', 'dark'] as const) {
    const page = await newPage(browser, scheme, 1440, 860, 1.5)
    await page.goto(`${url}#/lobby`)
    await setLaboratory(page, true)
    await enter(page, 'Barbara')
    await page.getByRole('tab', { name: 'Devtools' }).click()
    await refuse(url, true)
    await say(page, scheme === 'light' ? 'Nobody gets in just now. I go on writing.' : 'Again? I write all the same.')
    await longWait(page)
    // The developer tools look four times a second.
    await page.waitForTimeout(600)
    await keep(`laboratory-${scheme}.png`, smallPng(await page.screenshot()), limits.picture)
    await refuse(url, false)
    await page.context().close()
  }

  for (const scheme of ['light', 'dark'] as const) await takeBadge(browser, url, scheme)
}

/** The badge alone, as it is: connected, between tries, and with the device offline. */
async function takeBadge(browser: Browser, url: string, scheme: Scheme): Promise<void> {
  const page = await newPage(browser, scheme, 1060, 700, 2)
  await page.goto(`${url}#/badge`)
  await enter(page, 'Ada')
  const shots: string[] = []
  const take = async () => {
    const picture = await page.locator('.connection').screenshot()
    shots.push(`<img src="data:image/png;base64,${picture.toString('base64')}">`)
  }
  await take()
  await refuse(url, true)
  await longWait(page)
  await take()
  await page.context().setOffline(true)
  await page.getByText('This device is offline').first().waitFor()
  await take()
  await refuse(url, false)
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  await page.context().close()

  const sheet = await newPage(browser, scheme, 1120, 200, 2)
  await sheet.setContent(`<style>
    body { margin: 0; padding: 14px; display: flex; gap: 14px; width: max-content; background: ${paper} }
    img { zoom: 0.5 }
  </style>${shots.join('')}`)
  await keep(`badge-${scheme}.png`, smallPng(await sheet.locator('body').screenshot()), limits.picture)
  await sheet.context().close()
}

/** The server is killed and started again, with what is typed at it above the page. */
async function takeFilm(browser: Browser, demo: DemoProcess, restart: () => Promise<DemoProcess>): Promise<void> {
  const other = await newPage(browser, 'light', 900, 700)
  await other.goto(`${demo.url}#/lobby`)
  await enter(other, 'Grace')
  const page = await newPage(browser, 'light', 840, 640)
  // From the demo's own origin, or the frame would be a stranger's, who may keep nothing.
  const film = `${demo.url}film`
  await page.route(film, (route) => route.fulfill({ contentType: 'text/html', body: stageOf(demo.url) }))
  await page.goto(film)
  const ada = page.frameLocator('iframe')
  await enter(ada, 'Ada')
  await converse(ada, other, talk.slice(1))

  const frames: Frame[] = []
  const show = async (shown: number) => void frames.push({ png: await page.screenshot(), shown })
  const type = async (command: string) => {
    for (let end = 0; end <= command.length; end += 3) {
      await page.locator('span').evaluate((span, text) => (span.textContent = text), command.slice(0, end + 3))
      await show(70)
    }
    await show(500)
  }
  const write = async (text: string, mark: string) => {
    const field = ada.getByLabel('Message', { exact: true })
    for (let end = 6; end < text.length + 6; end += 6) {
      await field.fill(text.slice(0, end))
      await show(70)
    }
    await field.press('Enter')
    await ada.locator('.message', { hasText: text }).locator(`[data-status="${mark}"]`).waitFor()
    await show(700)
  }

  await show(1500)
  await type('kill -9 $(pgrep -f demo)')
  await demo.kill('SIGKILL')
  await badge(ada, '[data-status="waiting"]')
  await show(1200)
  await write('Did you just kill it?', 'waiting')
  await write('Never mind, I go on writing.', 'waiting')
  // A wait that is long enough to be looked at.
  await badge(ada, '[data-status="waiting"][data-retries="3"]')
  for (let second = 0; second < 3; second++) {
    await show(800)
    await page.waitForTimeout(800)
  }
  await type('npm run demo:serve')
  await restart()
  await badge(ada, '[data-tone="good"]')
  await delivered(ada, 'Never mind')
  await show(1500)
  await badge(other, '[data-tone="good"]')
  const answer = 'Both are here, once and in order.'
  await say(other, answer)
  await ada.locator('.message', { hasText: answer }).waitFor()
  await show(3000)
  await keep('killed.png', animatedPng(frames), limits.film)
  for (const one of [page, other]) await one.context().close()
}

/** The page of the film: what is typed, and below it the demo. */
const stageOf = (url: string) => `<!doctype html><style>
  body { margin: 0; display: grid; grid-template-rows: 36px 604px; background: #14161b }
  p { margin: 0; padding: 0 16px; color: #e9ebef; font: 15px/36px ui-monospace, "Liberation Mono", monospace }
  b { color: #8bd49c; font-weight: 400 }
  iframe { border: 0; width: 840px; height: 604px }
</style><p><b>$</b> <span></span></p><iframe src="${url}#/lobby"></iframe>`
