/**
 * The developer tools in a real Chromium: breaks on real sockets with exactly the events of docs/FAULTS.md, a panel that
 * everybody can use, under a strict policy, and that a flood of messages does not drown.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../../devtools/breaks/fault.ts'
import type { DevtoolsConsole } from '../../../devtools/console.ts'
import type { PanelPage } from './panel.page.ts'
import { openPanelStage, waitFor } from './panel-stage.ts'
import { patience } from './stage.ts'

type Window_ = { page: PanelPage; __websocketReconnect__: DevtoolsConsole }

let stage: Awaited<ReturnType<typeof openPanelStage>>
beforeAll(async () => {
  stage = await openPanelStage()
})
afterAll(() => stage.close())
afterEach(() => expect(stage.complaints.splice(0)).toEqual([]))

/** With those that a session brings along; a client alone has no such. */
const TABS = ['now', 'timeline', 'frames', 'queue', 'outbox', 'requests', 'streams', 'options', 'break', 'record']
const WITHOUT_SESSION = TABS.filter((tab) => !/outbox|requests|streams/.test(tab))

describe('break it, on real sockets', () => {
  const broken = (page: Page, fault: Fault) =>
    page.evaluate((given) => (window as unknown as Window_).__websocketReconnect__.break(given), fault)
  /** Whoever is healed has all the time that it needs. */
  const heal = (page: Page) =>
    page.evaluate(() => {
      const { page, __websocketReconnect__ } = window as unknown as Window_
      page.client.update(page.patient)
      __websocketReconnect__.heal()
    })
  const told = (page: Page) => page.evaluate(() => (window as unknown as Window_).page.told)
  /** The log since the first open, once it has so many lines. */
  const hears = async (page: Page, lines: string[]) => {
    await expect.poll(async () => (await told(page)).slice(1, 1 + lines.length), patience).toEqual(lines)
  }
  const lost = (code: number) => [`close ${code}`, 'retry 1', 'open']

  /** Breaks it and sends so many messages in the same task, before any ping; the server says them back. */
  const breakAndSay = (page: Page, fault: Fault, count: number) =>
    page.evaluate(
      ([fault, count]) => {
        const { page, __websocketReconnect__ } = window as unknown as Window_
        __websocketReconnect__.break(fault)
        if (/silence|hang/.test(fault.fault)) page.client.update(page.impatient)
        for (let n = 1; n <= count; n++) page.client.send(`${n}`)
      },
      [fault, count] as const,
    )
  const echoes = (...numbers: number[]) => numbers.map((n) => `message ${n}`)

  const cases: [name: string, fault: Fault, told: string[], afterHealing?: string[]][] = [
    ['[F2][F3] drop: one close with 1006, then a new connection', { fault: 'drop' }, lost(1006)],
    ['[F37] close: the code that was asked for', { fault: 'close', code: 4000 }, lost(4000)],
    ['[F33] close with 4403: it gives up', { fault: 'close', code: 4403 }, ['error FATAL_CLOSE', 'close 4403']],
    ['[F52] garbage: a message, and nothing else', { fault: 'garbage', data: '{"half' }, ['message {"half']],
    [
      '[F1] silence: the heartbeat finds out, attempts are not answered; healed, it is back',
      { fault: 'silence' },
      ['error HEARTBEAT_TIMEOUT', 'close 1006', 'retry 1', 'error CONNECT_TIMEOUT', 'close 1006', 'retry 2'],
      ['open'],
    ],
    [
      '[F1] silence of the server alone',
      { fault: 'silence', direction: 'in' },
      ['error HEARTBEAT_TIMEOUT', 'close 1006', 'retry 1'],
      ['open'],
    ],
    [
      '[F1] silence of the client alone: what it says vanishes',
      { fault: 'silence', direction: 'out' },
      ['error HEARTBEAT_TIMEOUT', 'close 1006', 'retry 1'],
      ['open'],
    ],
    [
      '[F11] lose every fifth message: that one, and nothing else',
      { fault: 'lose', every: 5, direction: 'out' },
      echoes(1, 2, 3, 4, 6),
    ],
    ['[F12] latency: later, in order', { fault: 'latency', ms: 50, jitter: 40 }, echoes(1, 2, 3, 4, 5, 6)],
    ['[F62] offline: the connection answers and stays', { fault: 'offline' }, echoes(1, 2, 3, 4, 5, 6)],
    ['[F61] freeze: the connection answers and stays', { fault: 'freeze' }, echoes(1, 2, 3, 4, 5, 6)],
    ['[F61] wake: the connection answers and stays', { fault: 'wake' }, echoes(1, 2, 3, 4, 5, 6)],
  ]

  it.each(cases)('%s', async (_, fault, lines, afterHealing = []) => {
    const page = await stage.visit()
    await breakAndSay(page, fault, lines[0] === 'message 1' ? 6 : 0)
    await hears(page, lines)
    await heal(page)
    if (lines[0] !== 'error FATAL_CLOSE')
      await waitFor(page, () => (window as never as Window_).page.client.state === 'OPEN')
    if (afterHealing.length)
      await expect.poll(async () => (await told(page)).at(-1), patience).toBe(afterHealing.at(-1))
    else expect((await told(page)).slice(1)).toEqual(lines)
    await page.context().close()
  })

  it('a fault that is left on ends as the page is loaded anew', async () => {
    const page = await stage.visit({}, '&open')
    await broken(page, { fault: 'hang' })
    await page.locator('.bar').waitFor()
    await broken(page, { fault: 'drop' })
    await hears(page, ['close 1006', 'retry 1'])
    await page.reload()
    await waitFor(page, () => document.querySelector('output')?.textContent === 'OPEN')
    await page.locator('[data-tone=good]').first().waitFor()
    expect(await page.locator('.bar').isVisible()).toBe(false)
    const [first] = await page.evaluate(() => (window as unknown as Window_).__websocketReconnect__.clients())
    expect(first?.broken).toEqual([])
    await page.context().close()
  })

  it('[F6] refuse: so many attempts fail, and reach no server', async () => {
    const page = await stage.visit()
    const { length } = stage.peers
    await broken(page, { fault: 'refuse', times: 2 })
    await broken(page, { fault: 'drop' })
    const failure = ['error HANDSHAKE_FAILED', 'close 1006']
    await hears(page, ['close 1006', 'retry 1', ...failure, 'retry 2', ...failure, 'retry 3', 'open'])
    expect(stage.peers.length).toBe(length + 1)
    await page.context().close()
  })

  it('[F19] hang: connectTimeout ends each attempt; healed, it is back', async () => {
    const page = await stage.visit()
    await breakAndSay(page, { fault: 'hang' }, 0)
    await broken(page, { fault: 'drop' })
    await hears(page, ['close 1006', 'retry 1', 'error CONNECT_TIMEOUT', 'close 1006', 'retry 2'])
    await heal(page)
    await waitFor(page, () => (window as never as Window_).page.client.state === 'OPEN')
    await page.context().close()
  })
})

describe('the panel', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

  it.each(['light', 'dark'] as const)(
    'has no fault that axe finds in any view, %s, wide and narrow',
    async (colorScheme) => {
      for (const width of [1280, 390]) {
        const page = await stage.visit(
          { colorScheme, viewport: { width, height: 760 }, bypassCSP: true },
          '&open&session',
        )
        await page.locator('#tab-streams').waitFor()
        await page.evaluate(axe)
        await page.evaluate(() =>
          (window as unknown as Window_).__websocketReconnect__.break({ fault: 'latency', ms: 20 }),
        )
        for (const tab of TABS) {
          await page.locator(`#tab-${tab}`).click()
          if (tab === 'frames') await page.locator('.row').first().click()
          if (/outbox|requests|streams/.test(tab)) await page.locator('.rows [role=row]').first().waitFor()
          const found = await page.evaluate(async () => {
            const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run()
            return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`))
          })
          expect(found, `${tab}, ${width} px`).toEqual([])
          // Nothing hangs over the edge.
          const overhang = await page.locator('.stage').evaluate((stage) => stage.scrollWidth - stage.clientWidth)
          expect(overhang, `${tab}, ${width} px`).toBeLessThanOrEqual(0)
        }
        await page.context().close()
      }
    },
  )

  it('at 200 % every view fits, and nothing of the page is hidden for good', async () => {
    const page = await stage.visit({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, '&open&session')
    await page.locator('#tab-streams').waitFor()
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click()
      expect(
        await page.locator('.stage').evaluate((stage) => stage.scrollWidth - stage.clientWidth),
      ).toBeLessThanOrEqual(0)
    }
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('heading', { name: 'An app' }).waitFor()
    await page.context().close()
  })

  it('is opened, walked through, and closed by the keyboard alone', async () => {
    const page = await stage.visit()
    const focused = () =>
      page.evaluate(() => {
        const inside = document.activeElement?.shadowRoot?.activeElement
        return inside?.id || inside?.getAttribute('aria-label') || inside?.className || ''
      })
    await page.locator('.launcher').waitFor()
    await page.keyboard.press('Tab')
    // Its label is looked after four times a second.
    await expect.poll(focused, patience).toBe('Open the WebSocket developer tools: OPEN')
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('tab-now')
    for (const tab of [...WITHOUT_SESSION.slice(1), 'now']) {
      await page.keyboard.press('ArrowRight')
      expect(await focused()).toBe(`tab-${tab}`)
    }
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    expect(await focused()).toBe('tab-break')
    // Language, close, the view, which scrolls, the box for every client, then the first fault.
    for (let n = 0; n < 5; n++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.evaluate(() => (window as unknown as Window_).page.told.includes('close 1006')), patience)
      .toBe(true)
    await page.keyboard.press('Escape')
    expect(await focused()).toMatch(/^Open the WebSocket developer tools/)
    await page.context().close()
  })

  it('shows what a session keeps: what became of each message, who drains, what is asked, where a topic stands', async () => {
    const page = await stage.visit({ viewport: { width: 1280, height: 760 } }, '&open&session')
    const cells = (tab: string) =>
      page.evaluate((tab) => {
        const { shadowRoot } = document.querySelector('websocket-devtools') as Element
        shadowRoot?.querySelector<HTMLElement>(`#tab-${tab}`)?.click()
        const rows = [...(shadowRoot?.querySelectorAll('.rows [role=row]:not([hidden])') ?? [])]
        return rows.map((row) => [...row.children].map((cell) => cell.textContent))
      }, tab)
    await page.locator('#tab-streams').waitFor()
    await expect
      .poll(async () => (await cells('outbox')).map(([n, status, , , data]) => [n, status, data]), patience)
      .toEqual([
        ['2', 'refused: no bad words', '{"text":"bad"}'],
        ['3', 'sent', '{"text":"slow"}'],
        ['4', 'sent', '{"text":"after it"}'],
      ])
    const facts = page.locator('.kept .facts')
    expect(await facts.textContent()).toMatch(
      /chat:ann.*this tab.*outlives the page.*Acknowledged to2Sent to4Next number5/,
    )
    expect((await cells('requests')).map((row) => [row[1], row[4]])).toEqual([['sent', 'resend']])
    expect((await cells('streams')).map(([topic, status]) => [topic, status])).toEqual([
      ['room:1', 'live'],
      ['closed room', 'refused'],
    ])
    const clients = await page.evaluate(() => (window as unknown as Window_).__websocketReconnect__.clients())
    expect(clients[1]).toMatchObject({
      outbox: { name: 'chat:ann', isDurable: true, isLeading: true, acked: 2, sent: 4, next: 5, size: 2 },
      requests: [{ whenLost: 'resend', isSent: true }],
      streams: [{ topic: 'room:1', status: 'live' }, { status: 'refused' }],
    })
    expect(clients[0]).not.toHaveProperty('outbox')
    await page.locator('#tab-now').click()
    for (const tab of [...TABS.slice(1), 'now']) {
      await page.keyboard.press('ArrowRight')
      await page.locator(`#tab-${tab}:focus[aria-selected=true]`).waitFor()
    }
    await page.context().close()
  })

  it('stays small under a flood: rows in sight alone, the newest entries, and it says what was dropped', async () => {
    const page = await stage.visit({ viewport: { width: 1280, height: 760 } }, '&open')
    await page.locator('#tab-frames').click()
    await page.evaluate(async () => {
      const { __websocketReconnect__: api } = window as unknown as Window_
      for (let n = 0; n < 20_000; n++) {
        api.break({ fault: 'garbage', data: `{"n":${n}}` })
        if (n % 1000 === 0) await new Promise((done) => setTimeout(done))
      }
    })
    await page.getByText('older ones dropped').waitFor()
    await expect.poll(() => page.locator('.row:not([hidden]) .data').last().isVisible(), patience).toBe(true)
    const rows = await page.locator('.row').count()
    expect(rows).toBeLessThan(60)
    const newest = await page.evaluate(() =>
      (window as unknown as Window_).__websocketReconnect__.frames({ contains: '"n"', limit: 1 }),
    )
    expect(newest[0]?.data).toBe('{"n":19999}')
    const { frames } = await page.evaluate(() => ({
      frames: (window as unknown as Window_).__websocketReconnect__.frames({ limit: 1e6 }).length,
    }))
    expect(frames).toBeLessThanOrEqual(5000)
    await page.context().close()
  })
})
