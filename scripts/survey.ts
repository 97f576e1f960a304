/**
 * Owns `npm run demo:survey`: the demo's page at every size, upright and lying, light and dark, in both languages. It takes the
 * pictures, and says what is wrong with any: something wider than the page, cut off, too low, or out of reach.
 * Must never fake a state for the picture.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startDemoProcess } from '../test/support/demo-process.ts'
import { launchChromium } from './chromium.ts'

/** From the smallest phone to the widest desk. */
export const sizes: readonly (readonly [number, number])[] = [
  [320, 568],
  [360, 740],
  [390, 844],
  [540, 720],
  [768, 1024],
  [1080, 1920],
  [568, 320],
  [740, 360],
  [844, 390],
  [1024, 600],
  [1280, 800],
  [1366, 768],
  [1920, 1080],
]

const looks = [
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'zh-CN' },
  { colorScheme: 'dark', locale: 'en-GB' },
  { colorScheme: 'light', locale: 'zh-CN' },
] as const

/** What is pressed for a picture; nothing where it is not there to be pressed. */
const views: Record<string, string | null> = {
  plain: null,
  unfolded: '.fold',
  lines: '.lines-opener',
  laboratory: '.switches > header button',
}

const talk = [
  ['Ada', 'Good morning! Is anybody else here yet?'],
  ['小明', '早上好，刚到。昨晚服务器挂了，有没有丢消息？'],
  ['Ada', 'Not a word. It numbers every message, see https://example.test/sessions?how=it_works.'],
  ['小明', '断线时写的消息呢？'],
  ['Ada', 'They went out by themselves:\n1. kept in the browser\n2. sent when the line was back'],
  ['小明', '那就再弄坏一次。'],
] as const

/** Takes all pictures into a folder, or those of some sizes: `320x568,1280x800`. False if anything is wrong with one. */
export async function main(folder = 'screenshots/survey', only = ''): Promise<boolean> {
  const data = await mkdtemp(join(tmpdir(), 'chat-survey-'))
  await mkdir(folder, { recursive: true })
  const demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data })
  let browser: Browser | undefined
  let faults = 0
  let pictures = 0
  const take = async (page: Page, view: string, name: string) => {
    await page.evaluate(() => window.scrollTo(0, 0))
    await page.screenshot({ path: join(folder, `${name}.png`) })
    pictures++
    for (const fault of await faultsOf(page, view)) {
      faults++
      console.log(`${name}: ${fault}`)
    }
  }
  try {
    browser = await launchChromium()
    const people = await write(browser, demo.url)
    for (const look of looks) {
      const nick = look.locale === 'zh-CN' ? '小明' : 'Ada'
      const name = `${look.colorScheme}-${look.locale.slice(0, 2)}`
      const page = await visit(browser, demo.url, { ...look, storageState: people[nick] }, nick)
      for (const [width, height] of sizes) {
        if (only && !only.split(',').includes(`${width}x${height}`)) continue
        await page.setViewportSize({ width, height })
        for (const [view, button] of Object.entries(views)) {
          const opener = button ? page.locator(button).first() : null
          if (opener && (!(await opener.isVisible()) || (await opener.getAttribute('aria-expanded')) === 'true'))
            continue
          await opener?.click()
          await take(page, view, `${width}x${height}-${name}-${view}`)
          // A sheet may cover its button; a column does not mind the key.
          if (view === 'laboratory') await page.keyboard.press('Escape')
          if ((await opener?.getAttribute('aria-expanded')) === 'true') await opener?.click()
        }
      }
      // And once more while nobody gets in: more words, a countdown, messages that wait.
      await refuse(demo.url, true)
      await page.locator('.connection[data-tone="bad"]').waitFor({ timeout: 60_000 })
      await page.locator('#composer').press('Enter')
      await page.locator('.message[data-status="waiting"]').first().waitFor()
      for (const [width, height] of sizes) {
        if (only && !only.split(',').includes(`${width}x${height}`)) continue
        await page.setViewportSize({ width, height })
        await take(page, 'lost', `${width}x${height}-${name}-lost`)
      }
      await refuse(demo.url, false)
      await page.context().close()
    }
  } finally {
    await browser?.close()
    await demo.kill('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
  console.log(`${pictures} pictures in ${folder}, ${faults} faults`)
  return faults === 0
}

/** What a browser keeps of a person: then the pictures are taken as whoever wrote. */
type Kept = Awaited<ReturnType<BrowserContext['storageState']>>

/** Two people talk, so that there is something to see. */
async function write(browser: Browser, url: string): Promise<Record<string, Kept>> {
  const people: Record<string, Page> = {}
  for (const [nick, text] of talk) {
    people[nick] ??= await visit(browser, url, { colorScheme: 'light', locale: 'en-GB' }, nick)
    const field = people[nick].locator('#composer')
    await field.fill(text)
    await field.press('Enter')
    const first = text.split('\n')[0] as string
    await people[nick].locator('.message', { hasText: first }).locator('[data-status="delivered"]').waitFor()
  }
  const kept: Record<string, Kept> = {}
  for (const [nick, page] of Object.entries(people)) {
    kept[nick] = await page.context().storageState()
    await page.context().close()
  }
  return kept
}

const refuse = (url: string, on: boolean) =>
  fetch(`${url}control/refuse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on }),
  })

async function visit(
  browser: Browser,
  url: string,
  look: { colorScheme: 'light' | 'dark'; locale: string; storageState?: Kept | undefined },
  nick: string,
): Promise<Page> {
  const { storageState, ...rest } = look
  const kept = storageState ? { storageState } : {}
  const context = await browser.newContext({ ...rest, ...kept, timezoneId: 'UTC', reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(`${url}#/lobby`)
  const you = page.locator('.identity input').nth(1)
  await you.fill(nick)
  await you.press('Enter')
  await page.locator('.connection[data-tone="good"]').waitFor({ timeout: 60_000 })
  await page.locator('#composer').fill(look.locale === 'zh-CN' ? '写到一半的消息' : 'A message half written')
  return page
}

/** What is wrong with the page as it stands. */
function faultsOf(page: Page, view: string): Promise<string[]> {
  return page.evaluate((view) => {
    const found: string[] = []
    const { innerWidth, innerHeight } = window
    const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect()
    const isShown = (each: Element) => each.checkVisibility() && each.getBoundingClientRect().width > 1
    const nameOf = (each: Element) =>
      `${each.localName}.${[...each.classList].join('.')} "${each.textContent?.slice(0, 24)}"`

    const over = document.documentElement.scrollWidth - innerWidth
    if (over > 0) found.push(`${over} px wider than the page`)
    const log = Math.round(box('.log').height)
    if (log < 120) found.push(`the log is ${log} px high`)
    const composer = box('.composer textarea')
    if (/plain|lost/.test(view) && composer.bottom > innerHeight) {
      found.push(`the field one writes in ends ${Math.round(composer.bottom - innerHeight)} px below the window`)
    }
    if (composer.width < 120) found.push(`the field one writes in is ${Math.round(composer.width)} px wide`)

    // Cut: text that its own box hides, but for names that end in dots; and what stands out at a side of the page.
    for (const each of document.querySelectorAll('.page *')) {
      if (
        !isShown(each) ||
        each.closest('.unseen, .said, .log, [hidden], svg, pre') ||
        each.matches('.people bdi, .typing')
      )
        continue
      const { overflowX, clipPath } = getComputedStyle(each)
      if (clipPath !== 'none') continue
      const isCut = /hidden|clip/.test(overflowX) && each.scrollWidth > each.clientWidth + 1
      const { left, right } = each.getBoundingClientRect()
      if (isCut) found.push(`cut: ${nameOf(each)}`)
      else if (left < -1 || right > innerWidth + 1) found.push(`out at the side: ${nameOf(each)}`)
      // A word that is broken in the middle, or a button whose words stand out of it.
      else if (
        each.matches('button, label, dt, dd, h1, h2') &&
        each.scrollWidth > each.clientWidth + 1 &&
        each.clientWidth > 0
      ) {
        found.push(`its words stand out: ${nameOf(each)}`)
      }
    }
    for (const each of document.querySelectorAll('.log *')) {
      const { right } = each.getBoundingClientRect()
      if (isShown(each) && right > box('.log').right + 1) found.push(`out of the log: ${nameOf(each)}`)
    }
    // Broken by one press, or two where the laboratory has to be opened first.
    const breakers = [...document.querySelectorAll<HTMLElement>('.switches button')].filter(isShown)
    if (breakers.length < 3) found.push(`${breakers.length} switches`)
    if (/plain|lost/.test(view)) {
      for (const each of breakers) {
        each.scrollIntoView({ block: 'center' })
        const { x, y, width, height } = each.getBoundingClientRect()
        if (!each.contains(document.elementFromPoint(x + width / 2, y + height / 2)))
          found.push(`covered: ${nameOf(each)}`)
      }
    }
    // What fingers press is no smaller than 24 px.
    for (const each of document.querySelectorAll('button, input, select, nav a')) {
      const { width, height } = each.getBoundingClientRect()
      if (
        isShown(each) &&
        !each.closest('.unseen') &&
        (width < 24 || height < 23.5) &&
        !each.matches('[type="checkbox"]')
      ) {
        found.push(`${Math.round(width)}×${Math.round(height)} px is too small to press: ${nameOf(each)}`)
      }
    }
    window.scrollTo(0, 0)
    return [...new Set(found)]
  }, view)
}
