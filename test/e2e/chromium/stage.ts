/**
 * Owns what the browser tests stand on: the demo's whole process, a real Chromium, and pages that write down everything
 * their badge and their messages ever showed. A test then asks what was, and nothing depends on looking in time.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { DemoServerStatus } from '../../../demo/server/status.ts'
import { launchChromium } from '../../../scripts/chromium.ts'
import { type DemoProcess, startDemoProcess } from '../../support/demo-process.ts'

/** The badge at one moment, as the page shows it. */
export interface Badge {
  at: number
  state: string
  tone: string
  circuit: string
  headline: string
  why: string
  /** Epoch ms, or null. */
  retryAt: number | null
  retries: number
  connection: number
  status: string
  countdown: string
  button: string
  failures: string
  roundTrip: number | null
  uptime: number | null
}

/** A message's mark at one moment. */
export interface MarkSeen {
  at: number
  id: string
  status: string
}

export interface Shown {
  n: number | null
  nick: string
  text: string
  status: string
}

/**
 * Runs in the page, before anything else: notes every change of the badge and of the marks. Chance is taken out, so that
 * with full jitter each wait is half of the longest: tries come 0.5, 1.5, 3.5, 7.5 and 11.5 s after a loss.
 */
function record(): void {
  Math.random = () => 0.5
  const seen = { badges: [] as Badge[], marks: [] as MarkSeen[], born: Date.now() }
  Object.assign(window, { seen })
  const number = (text: string | undefined | null) => (text ? Number(text) : null)
  const look = () => {
    const card = document.querySelector<HTMLElement>('.connection')
    if (!card) return
    const text = (selector: string) => card.querySelector(selector)?.textContent?.trim() ?? ''
    // The details stand beside the card.
    const figure = (name: string) => document.querySelector<HTMLElement>(`[data-figure="${name}"]`)?.dataset.value
    const badge: Badge = {
      at: Date.now(),
      state: card.dataset.state ?? '',
      tone: card.dataset.tone ?? '',
      circuit: card.dataset.circuit ?? '',
      status: card.dataset.status ?? '',
      headline: text('.headline strong'),
      why: text('.why'),
      retryAt: number(card.dataset.retryAt),
      retries: Number(card.dataset.retries),
      connection: Number(card.dataset.connection),
      countdown: text('.countdown'),
      button: text('.move'),
      failures: document.querySelector('.failures')?.textContent?.trim() ?? '',
      roundTrip: number(figure('Round trip')),
      uptime: number(figure('Connected for')),
    }
    const last = seen.badges.at(-1)
    if (!last || JSON.stringify({ ...last, at: 0 }) !== JSON.stringify({ ...badge, at: 0 })) seen.badges.push(badge)
    for (const item of document.querySelectorAll<HTMLElement>('.message.own')) {
      const id = item.dataset.id ?? ''
      const status = item.querySelector<HTMLElement>('.mark')?.dataset.status ?? ''
      if (seen.marks.findLast((mark) => mark.id === id)?.status !== status)
        seen.marks.push({ at: Date.now(), id, status })
    }
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  })
}

/** What the browser itself says of a line that is broken on purpose; nobody can keep it from that. */
const platforms = /^(WebSocket connection to|Failed to load resource)/

/** A person at a page. */
export class Visitor {
  readonly page: Page
  readonly nick: string
  readonly complaints: string[] = []

  constructor(page: Page, nick: string) {
    this.page = page
    this.nick = nick
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      if (/^(error|warning)$/.test(message.type()) && !platforms.test(message.text()))
        this.complaints.push(message.text())
    })
  }

  async say(text: string): Promise<void> {
    const field = this.page.getByLabel('Message', { exact: true })
    await field.fill(text)
    await field.press('Enter')
  }

  press(name: string | RegExp): Promise<void> {
    return this.page.getByRole('button', { name }).click()
  }

  seen(): Promise<{ badges: Badge[]; marks: MarkSeen[]; born: number }> {
    return this.page.evaluate(() => (window as unknown as { seen: never }).seen)
  }

  /** The badge as it is now. */
  async badge(): Promise<Badge> {
    return (await this.seen()).badges.at(-1) as Badge
  }

  /** Waits until the badge is so, and tells how it then was. */
  async badgeWhen(isSo: (badge: Badge) => boolean, since = 0): Promise<Badge> {
    let found: Badge | undefined
    await expect
      .poll(async () => {
        found = (await this.seen()).badges.find((badge) => badge.at >= since && isSo(badge))
        return found !== undefined
      }, patience)
      .toBe(true)
    return found as Badge
  }

  /** Every message the page shows, in its order. */
  messages(): Promise<Shown[]> {
    return this.page.evaluate(() => {
      let nick = ''
      return [...document.querySelectorAll<HTMLElement>('.message')].map((item) => {
        nick = item.querySelector('.who')?.textContent ?? nick
        return {
          n: item.dataset.n ? Number(item.dataset.n) : null,
          nick,
          text: item.querySelector('.text')?.textContent ?? '',
          status: item.querySelector<HTMLElement>('.mark')?.dataset.status ?? '',
        }
      })
    })
  }

  /** What the marks of a message were, in order. */
  async marksOf(text: string): Promise<string[]> {
    const id = await this.page.locator('.message', { hasText: text }).getAttribute('data-id')
    return (await this.seen()).marks.filter((mark) => mark.id === id).map(({ status }) => status)
  }
}

/** Whether everybody shows these messages, each once, numbered from 1, and all in one order. */
export async function expectSame(visitors: Visitor[], texts: string[]): Promise<void> {
  for (const visitor of visitors) {
    await expect
      .poll(async () => (await visitor.messages()).filter(({ n }) => n !== null).length, patience)
      .toBe(texts.length)
  }
  const lists = await Promise.all(
    visitors.map(async (visitor) => (await visitor.messages()).map(({ n, nick, text }) => ({ n, nick, text }))),
  )
  for (const list of lists) expect(list).toEqual(lists[0])
  expect(lists[0]?.map(({ n }) => n)).toEqual(texts.map((_, index) => index + 1))
  expect(lists[0]?.map(({ text }) => text).sort()).toEqual([...texts].sort())
}

/** As long as any wait may take: vitest.config.ts. */
export const patience = { interval: 50 }

interface Place {
  room?: string
  within?: BrowserContext
  at?: string
}

/** The demo, a browser, and an empty folder for its file; all gone when the test is. */
export async function openStage(env: Record<string, string> = {}, command: 'demo' | 'demo:serve' = 'demo') {
  const data = await mkdtemp(join(tmpdir(), 'chat-stage-'))
  const settings = { CHAT_DATA: data, CHAT_TEST_HOOKS: '1', ...env }
  let demo: DemoProcess = await startDemoProcess({ PORT: '0', ...settings }, command)
  const { url, port } = demo
  const browser: Browser = await launchChromium()
  onTestFinished(async () => {
    await browser.close()
    await demo.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  })

  const context = async (options = {}) => {
    const one = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
    await one.addInitScript(record)
    return one
  }

  return {
    url,
    port,
    settings,
    browser,
    /** A tab of its own, in the room; `at` is another way to the demo, or to another demo. */
    async visit(nick: string, { room = 'lobby', within, at = url }: Place = {}) {
      const visitor = new Visitor(await (within ?? (await context())).newPage(), nick)
      await visitor.page.goto(`${at}#/${room}`)
      await visitor.page.getByLabel('You').fill(nick)
      await visitor.page.getByLabel('You').press('Enter')
      await visitor.badgeWhen(({ tone }) => tone === 'good')
      return visitor
    },
    context,
    /** What the server says of itself; null if there is none. */
    async status(): Promise<DemoServerStatus | null> {
      try {
        return (await (await fetch(`${url}control/status`)).json()) as DemoServerStatus
      } catch {
        return null
      }
    },
    async control(name: string, body: object): Promise<void> {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}control/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
      expect(response.status).toBe(200)
    },
    async kill() {
      expect((await demo.kill('SIGKILL')).signal).toBe('SIGKILL')
    },
    async start() {
      demo = await startDemoProcess({ PORT: String(port), ...settings }, command)
      expect(demo.url).toBe(url)
    },
    /** Stands at the port while the demo is dead: lets nobody in, and notes who knocks. */
    async witness() {
      const attempts: number[] = []
      const server = createServer()
      server.on('upgrade', (_, socket) => {
        attempts.push(Date.now())
        socket.destroy()
      })
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      return {
        attempts,
        async leave() {
          server.closeAllConnections()
          await new Promise((resolve) => server.close(resolve))
        },
      }
    },
  }
}
