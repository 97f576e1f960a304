/**
 * The laboratory in a real Chromium, as two people would use it: they chat through every failure there is, and at each step the
 * badge, the panel of the developer tools and the server say the same.
 */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { buildDemo } from '../../support/demo-process.ts'
import { comeBack, expectTruth, faultsOf, lasting, once, openPanel, openTab, type Stage, turn } from './lab-stage.ts'
import { expectSame, openStage, patience, type Visitor } from './stage.ts'

const wide = { viewport: { width: 1400, height: 900 } }

interface Pair {
  stage: Stage
  ada: Visitor
  bea: Visitor
}

interface Failure {
  name: string
  /** Breaks it, and waits until everybody has noticed, in truth. */
  begin: (pair: Pair) => Promise<void>
  /** After the messages that were written meanwhile. */
  end: (pair: Pair) => Promise<void>
}

const both = ({ ada, bea }: Pair, look: (visitor: Visitor) => Promise<unknown>) => Promise.all([look(ada), look(bea)])
const nobody = ({ connections }: { connections: readonly unknown[] }) => connections.length === 0

/** A switch of the laboratory, and what both pages then come to. */
const lasts = (name: string, noticed: (pair: Pair, since: number) => Promise<unknown>): Failure => ({
  name,
  async begin(pair) {
    const since = Date.now()
    await turn(pair.ada.page, name, true)
    await noticed(pair, since)
  },
  end: ({ ada }) => turn(ada.page, name, false),
})

/** The server stays away until all has been said and seen that there is while it does. */
async function comesBack({ stage }: Pair): Promise<void> {
  await stage.control('stay-away', { on: false })
  await expect.poll(async () => (await stage.status())?.up, patience).toBe(true)
  await stage.control('stay-away', { on: true })
}

const failures: Failure[] = [
  {
    name: 'Restart',
    async begin(pair) {
      const since = Date.now()
      await once(pair.ada.page, 'Restart')
      await both(pair, async (one) => {
        const lost = await one.badgeWhen(({ tone }) => tone === 'bad', since)
        expect(lost).toMatchObject({ headline: 'Connection lost', state: 'CLOSED' })
        expect(lost.why).toBe('The server closed the connection (1012: the server restarts).')
        const truth = { state: /CLOSED/, why: /1012 the server restarts/, server: nobody }
        await expectTruth(pair.stage, one, truth, since)
      })
    },
    end: comesBack,
  },
  {
    name: 'Crash',
    async begin(pair) {
      const since = Date.now()
      await once(pair.ada.page, 'Crash')
      await both(pair, async (one) => {
        const lost = await one.badgeWhen(({ tone }) => tone === 'bad', since)
        expect(lost.why).toMatch(/The connection broke off|Could not connect/)
        await expectTruth(pair.stage, one, { state: /CLOSED|CONNECTING|BLOCKED/, server: nobody }, since)
      })
    },
    end: comesBack,
  },
  lasts('Silence', (pair, since) =>
    both(pair, async (one) => {
      // Before the heartbeat has found out, nobody can know better.
      const lost = await one.badgeWhen(({ tone }) => tone === 'bad', since)
      expect(lost).toMatchObject({ headline: 'Connection lost', why: 'The server stopped answering.' })
      const claims = (await one.seen()).badges.filter(({ at, tone }) => at > lost.at && tone === 'good')
      expect(claims).toEqual([])
      await expectTruth(
        pair.stage,
        one,
        {
          state: /CLOSED|CONNECTING|BLOCKED/,
          server: ({ switches }) =>
            switches.broken.some(({ fault, target }) => fault === 'silence' && target === 'all'),
        },
        since,
      )
    }),
  ),
  lasts('Refuse', (pair, since) =>
    both(pair, async (one) => {
      await one.badgeWhen(({ why }) => why === 'Could not connect to the server.', since)
      await expectTruth(
        pair.stage,
        one,
        {
          state: /CLOSED|BLOCKED/,
          why: /handshake|connect|circuit/i,
          server: (status) => nobody(status) && status.attempts.at(-1)?.outcome === 'refused',
        },
        since,
      )
    }),
  ),
  lasts('Hang the handshake', (pair, since) =>
    both(pair, async (one) => {
      await one.badgeWhen(({ state, tone }) => state === 'CONNECTING' && tone === 'busy', since)
      await one.badgeWhen(({ why }) => why === 'The server did not answer in time.', since)
      await expectTruth(
        pair.stage,
        one,
        {
          state: /CLOSED|CONNECTING|BLOCKED/,
          server: (status) => nobody(status) && status.attempts.at(-1)?.outcome === 'hung',
        },
        since,
      )
    }),
  ),
  lasts('Accept and drop', (pair, since) =>
    both(pair, async (one) => {
      // In, and out again, twice; and never is it called connected.
      const lost = await one.badgeWhen(({ tone }) => tone === 'bad', since)
      await one.badgeWhen(({ connection }) => connection >= lost.connection + 2, since)
      const claims = (await one.seen()).badges.filter(({ at, tone }) => at > lost.at && tone === 'good')
      expect(claims).toEqual([])
      await expectTruth(
        pair.stage,
        one,
        {
          state: /CLOSED|CONNECTING|BLOCKED/,
          why: /1006|circuit/i,
          server: ({ attempts }) => attempts.at(-1)?.outcome === 'dropped',
        },
        since,
      )
    }),
  ),
  {
    name: 'Offline',
    async begin(pair) {
      const since = Date.now()
      await both(pair, ({ page }) => page.context().setOffline(true))
      // The emulation leaves lines alone that are open; a network that is gone does not.
      await pair.stage.control('crash', {})
      await both(pair, async (one) => {
        const lost = await one.badgeWhen(({ headline }) => headline === 'This device is offline', since)
        expect(lost).toMatchObject({ tone: 'bad', countdown: '' })
        await expectTruth(pair.stage, one, { state: /CLOSED|CONNECTING|BLOCKED/, server: nobody }, since)
      })
    },
    async end(pair) {
      await comesBack(pair)
      await both(pair, ({ page }) => page.context().setOffline(false))
    },
  },
  lasts('Slow network', (pair, since) =>
    both(pair, async (one) => {
      const slow = await one.badgeWhen(({ roundTrip }) => roundTrip !== null && roundTrip > 400, since)
      expect(slow).toMatchObject({ state: 'OPEN', tone: 'good', headline: 'Connected' })
      await expectTruth(pair.stage, one, { state: /OPEN/, why: /Nothing is wrong/ })
    }),
  ),
]

describe('two people', () => {
  it('chat through every failure: 200 messages, each once and in order on both sides, and nobody is told a lie', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada', { within: await stage.context(wide) })
    const bea = await stage.visit('Bea', { within: await stage.context(wide) })
    const pair = { stage, ada, bea }
    await stage.control('stay-away', { on: true })
    for (const { page } of [ada, bea]) {
      await openPanel(page)
      await openTab(page, 'Break the server')
    }
    await ada.page.getByLabel('For whom').selectOption('all')
    // In development the engine warns of a server that has never answered a ping: let it once.
    await both(pair, (one) => one.badgeWhen(({ roundTrip }) => roundTrip !== null))
    const texts: string[] = []
    const chat = async (about: string, counts: [number, number]) => {
      for (const [index, one] of [ada, bea].entries()) {
        for (let n = 1; n <= (counts[index] as number); n++) {
          texts.push(`${about}: ${one.nick} ${n}`)
          await one.say(texts.at(-1) as string)
        }
      }
    }
    const times: Record<string, number> = {}
    for (const { name, begin, end } of failures) {
      const begun = performance.now()
      for (const one of [ada, bea]) await expectTruth(stage, one, { state: /OPEN/, why: /Nothing is wrong/ })
      await chat(`before ${name}`, [4, 4])
      await begin(pair)
      await chat(`during ${name}`, [5, 5])
      const mended = Date.now()
      await end(pair)
      await both(pair, (one) => comeBack(one, mended))
      await chat(`after ${name}`, [4, 3])
      await expectSame([ada, bea], texts)
      times[name] = Math.round(performance.now() - begun)
    }
    expect(texts).toHaveLength(200)
    for (const one of [ada, bea]) {
      const shown = await one.messages()
      for (const nick of ['Ada', 'Bea']) {
        const own = shown.filter((message) => message.nick === nick).map(({ text }) => text)
        expect(own).toEqual(texts.filter((text) => text.includes(`: ${nick} `)))
      }
      expect(shown.filter(({ status }) => status !== '' && status !== 'delivered')).toEqual([])
      expect(one.complaints).toEqual([])
    }
    expect(await stage.status()).toMatchObject({ rooms: [{ name: 'lobby', last: 200 }], switches: { broken: [] } })
    console.log(JSON.stringify({ scenario: 'every failure', messages: texts.length, ms: times }))
  })

  it('break one page alone, their own or the other one, and its owner sees who is hit', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada', { within: await stage.context(wide) })
    const bea = await stage.visit('Bea', { within: await stage.context(wide) })
    const since = Date.now()
    await ada.page.getByLabel('For whom').selectOption({ label: 'Bea in #lobby' })
    await ada.page.getByLabel('Code').fill('4403')
    await ada.page.getByLabel('Reason').fill('not you')
    await once(ada.page, 'Close')
    const failed = await bea.badgeWhen(({ headline }) => headline === 'Given up', since)
    expect(failed).toMatchObject({ state: 'FAILED', why: 'The server closed it for good (4403: not you).' })
    await ada.page.getByLabel('For whom').selectOption({ label: 'My connection' })
    await turn(ada.page, 'Refuse', true)
    await ada.badgeWhen(({ tone }) => tone === 'bad', since)
    await bea.press('Connect')
    await bea.badgeWhen(({ tone }) => tone === 'good', failed.at + 1)
    await bea.say('b1 while Ada is out')
    await ada.page.getByText('My connection · mends itself').waitFor()
    // Nobody is called so any more, and the server says what it expected.
    await ada.page.getByLabel('Code').fill('999')
    await once(ada.page, 'Close')
    expect(await ada.page.getByRole('complementary').getByRole('alert').textContent()).toMatch(/expected "code": 1000/)
    await turn(ada.page, 'Refuse', false)
    await comeBack(ada, since)
    await expectSame([ada, bea], ['b1 while Ada is out'])
    for (const one of [ada, bea]) expect(one.complaints).toEqual([])
  })
})

describe('a fleet', () => {
  it('is crashed three times, each comes back, and the server has seen all of it and nothing of it in the chat', async () => {
    const stage = await openStage()
    const context = await stage.context(wide)
    const ada = await stage.visit('Ada', { within: context })
    await openTab(ada.page, 'Fleet')
    await ada.page.getByLabel('The server is away for').selectOption('1')
    await ada.page.getByRole('button', { name: 'Crash three fleets' }).click()
    for (const plan of ['none', 'defaults', 'interactive']) {
      const place = ada.page.locator(`[data-plan="${plan}"][data-phase="done"]`)
      await expect.poll(() => place.count(), patience).toBe(1)
      expect(await place.locator('[data-figure="back"]').textContent()).toMatch(/^\d+\.\d s$/)
      expect(Number(await place.locator('[data-figure="tries"]').textContent())).toBeGreaterThanOrEqual(50)
      expect(await place.getByRole('img').getAttribute('aria-label')).toMatch(/at most \d+ in 250 ms/)
    }
    await expect.poll(async () => (await stage.status())?.fleet.open, patience).toBe(0)
    // Three times fifty, and each of them again.
    const { fleet, ...rest } = (await stage.status()) ?? {}
    expect(fleet?.accepted).toBeGreaterThanOrEqual(300)
    expect(rest).toMatchObject({ connections: [{ nick: 'Ada' }], generation: 1 })
    expect((await ada.badge()).tone).toBe('good')
    expect(ada.complaints).toEqual([])
  })

  it('ends when it is stopped', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada', { within: await stage.context(wide) })
    await openTab(ada.page, 'Fleet')
    await ada.page.getByRole('button', { name: 'Crash three fleets' }).click()
    await expect.poll(async () => (await stage.status())?.fleet.accepted, patience).toBeGreaterThan(10)
    await ada.page.getByRole('button', { name: 'Stop' }).click()
    await expect.poll(async () => (await stage.status())?.fleet.open, patience).toBe(0)
    await ada.page.getByRole('button', { name: 'Crash three fleets' }).waitFor()
  })
})

describe('the log', () => {
  it('is saved as JSON Lines and as HAR, and played again to the same states and deadlines', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada', { within: await stage.context(wide) })
    await once(ada.page, 'Crash')
    await ada.badgeWhen(({ tone }) => tone === 'bad')
    await comeBack(ada, Date.now())
    await ada.say('kept in the log')
    await openTab(ada.page, 'Log')
    await ada.page.getByRole('list', { name: 'Entries' }).getByText('kept in the log').first().waitFor()
    const saved = async (format: string) => {
      const [download] = await Promise.all([
        ada.page.waitForEvent('download'),
        ada.page.getByRole('button', { name: `Save as ${format}` }).click(),
      ])
      return readFile(await download.path(), 'utf8')
    }
    const har = JSON.parse(await saved('HAR'))
    expect(har.log.entries.length).toBeGreaterThanOrEqual(2)
    expect(JSON.stringify(har)).not.toContain('page=')
    const lines = await saved('JSON Lines')
    const replay = ada.page.getByRole('region', { name: 'The replay' })
    await ada.page.getByRole('button', { name: 'Replay', exact: true }).click()
    await replay.getByText(/each to the same state and deadline as recorded/).waitFor()
    await ada.page.getByRole('button', { name: 'Close the replay' }).click()
    const file = (text: string) => ({ name: 'chat.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(text) })
    await ada.page.getByLabel('Replay a file…').setInputFiles(file(lines))
    await replay.getByText(/each to the same state and deadline as recorded/).waitFor()
    const phases = lines
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'transition')
      .map(({ after }) => after.phase)
    expect(phases).toEqual(expect.arrayContaining(['connecting', 'open', 'waiting']))
    expect(await replay.locator('tbody td:nth-child(3)').allTextContents()).toEqual(phases)
    await ada.page.getByLabel('Replay a file…').setInputFiles(file('no log'))
    await ada.page.getByText('This is no log in JSON Lines').waitFor()
    expect(ada.complaints).toEqual([])
  })
})

describe('the built demo', () => {
  it('has a laboratory that sees as much as the one in development: panel, log, replay', async () => {
    await buildDemo()
    const stage = await openStage({}, 'demo:serve')
    const ada = await stage.visit('Ada', { within: await stage.context(wide) })
    await openPanel(ada.page)
    await expectTruth(stage, ada, { state: /OPEN/, why: /Nothing is wrong/ })
    // What a session keeps is told by parts of its own.
    const tab = (name: string) => ada.page.locator('aside.lab').getByRole('tab', { name, exact: true })
    for (const name of ['Outbox', 'Requests', 'Streams']) await tab(name).waitFor()
    await tab('Streams').click()
    await ada.page.getByRole('cell', { name: 'room:lobby' }).waitFor()
    await tab('Now').click()
    // The page's switch is the panel's as well.
    const speak = (language: string) => ada.page.getByRole('navigation').getByRole('button', { name: language }).click()
    await speak('中文')
    await tab('现在').waitFor()
    await speak('English')
    await tab('Now').waitFor()
    await openTab(ada.page, 'Break the server')
    const since = Date.now()
    await once(ada.page, 'Crash')
    await ada.badgeWhen(({ tone }) => tone === 'bad', since)
    await comeBack(ada, since)
    await expectTruth(stage, ada, { state: /OPEN/, why: /Nothing is wrong/ })
    await openTab(ada.page, 'Log')
    await ada.page.getByRole('list', { name: 'Entries' }).getByText('waiting → connecting').first().waitFor()
    await ada.page.getByRole('button', { name: 'Replay', exact: true }).click()
    await ada.page.getByText(/each to the same state and deadline as recorded/).waitFor()
    expect(ada.complaints).toEqual([])
  })
})

describe('for everybody', () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

  it('has no fault that axe finds in any tab, light and dark, as a column and as a sheet, in both languages', async () => {
    const source = await readFile(axe, 'utf8')
    const stage = await openStage()
    const looks = [
      { colorScheme: 'light' as const, viewport: { width: 1280, height: 800 } },
      { colorScheme: 'dark' as const, viewport: { width: 1400, height: 900 }, locale: 'zh-CN' },
      { colorScheme: 'light' as const, viewport: { width: 390, height: 844 }, locale: 'zh-CN' },
      { colorScheme: 'dark' as const, viewport: { width: 844, height: 390 } },
    ]
    await stage.control('slow', { on: true, latency: 50, jitter: 10 })
    for (const look of looks) {
      const context = await stage.context({ ...look, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await page.goto(`${stage.url}#/lobby`)
      await page.locator('.connection[data-tone="good"]').waitFor()
      const lab = page.locator('aside.lab')
      if (!(await lab.isVisible())) await page.locator('.lab-button').click()
      for (const tab of await lab.locator('> .tabs [role="tab"]').all()) {
        await tab.click()
        if ((await tab.getAttribute('id'))?.endsWith('devtools')) await lab.locator('.now .state').waitFor()
        expect([look.viewport.width, await tab.textContent(), await faultsOf(page, source)]).toEqual([
          look.viewport.width,
          await tab.textContent(),
          [],
        ])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThan(1)
      }
      await context.close()
    }
  })

  it('is opened, walked and closed with the keyboard, and gives the focus back', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada', { within: await stage.context({ viewport: { width: 390, height: 844 } }) })
    const { page } = ada
    const lab = page.getByRole('complementary', { name: 'Laboratory' })
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    expect(await lab.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Laboratory' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(focused, patience).toBe('Break the server')
    await page.keyboard.press('End')
    expect(await focused()).toBe('Log')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('Break the server')
    // Nothing is given to a server that has not been heard of yet.
    await page.locator('[data-fault="restart"] [aria-disabled="false"]').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await ada.badgeWhen(({ tone }) => tone === 'bad')
    await page.keyboard.press('Escape')
    expect(await lab.isVisible()).toBe(false)
    expect(await focused()).toBe('Laboratory')
    expect(await lasting(page, 'Silence').count()).toBe(0)
  })
})
