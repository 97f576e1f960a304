/**
 * The chat as people use it, in a real Chromium: going back in its history, what is new and what was recovered, who is writing, in
 * which language, and by keyboard alone. No page has anything to say to the console but what the browser itself says.
 */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { Visitor as Writer } from '../../support/chat-visitor.ts'
import { openStage, patience, expectSame as same, Visitor } from './stage.ts'

type Stage = Awaited<ReturnType<typeof openStage>>

const numbers = async (visitor: Visitor) => (await visitor.messages()).map(({ n }) => n)
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index)
const log = (page: Page) => page.getByRole('log')

/** A room in which so many messages were written. */
async function written(stage: Stage, count: number): Promise<Writer> {
  const writer = await Writer.join(stage.port, 'Cleo')
  await Promise.all(
    upTo(count).map((n) => writer.say(`message ${n} of the room, and some words to make it longer`).acked),
  )
  return writer
}

/** A page in another language, whose fields bear other names. */
async function visitIn(stage: Stage, options: object, nick = '小明'): Promise<Visitor> {
  const visitor = new Visitor(await (await stage.context(options)).newPage(), nick)
  await visitor.page.goto(`${stage.url}#/lobby`)
  const you = visitor.page.locator('.identity input').nth(1)
  await you.fill(nick)
  await you.press('Enter')
  await visitor.badgeWhen(({ tone }) => tone === 'good')
  return visitor
}

/** Where a message stands in the log, px from its top. */
const topOf = (page: Page, n: number) =>
  page.evaluate((n) => {
    const top = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().top ?? Number.NaN
    return Math.round(top(`[data-n="${n}"]`) - top('.log'))
  }, n)

const scrollTo = (page: Page, top: number) =>
  page.evaluate((top) => {
    const box = document.querySelector('.log') as HTMLElement
    box.scrollTop = top < 0 ? box.scrollHeight : top
  }, top)

describe('going back', () => {
  it('brings older messages when one comes near the top, and leaves what one looks at where it is', async () => {
    const stage = await openStage()
    await written(stage, 130)
    const bea = await stage.visit('Bea')
    const { page } = bea
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(130, 81))
    // To the end, which is where one begins.
    expect(await page.evaluate(() => document.querySelector('.log')?.scrollTop)).toBeGreaterThan(1000)

    await scrollTo(page, 280)
    const before = await topOf(page, 83)
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(130, 31))
    expect(Math.abs((await topOf(page, 83)) - before)).toBeLessThanOrEqual(1)
    // Nothing of it is read aloud, and what comes meanwhile moves nothing.
    expect(await page.getByText('no longer kept').count()).toBe(0)

    // By keyboard: the button at the top; and what one reads on is where the focus is.
    await page.getByRole('button', { name: 'Show older messages' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(130))
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('log')
    await page.getByText('This is where #lobby begins.').waitFor({ state: 'attached' })
    expect(await page.getByRole('button', { name: 'Show older messages' }).count()).toBe(0)
    expect(bea.complaints).toEqual([])
  })

  it('keeps its place while others write, counts them, and leads to the newest', async () => {
    const stage = await openStage()
    const cleo = await written(stage, 40)
    const bea = await stage.visit('Bea')
    const { page } = bea
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(40))
    await scrollTo(page, 900)
    await page.getByRole('button', { name: 'Jump to newest' }).waitFor()
    const before = await topOf(page, 20)
    await cleo.say('one more').acked
    await page.getByRole('button', { name: '1 new message', exact: true }).waitFor()
    await cleo.say('and another').acked
    await page.getByRole('button', { name: '2 new messages' }).waitFor()
    expect(Math.abs((await topOf(page, 20)) - before)).toBeLessThanOrEqual(1)
    // The line stands above the first of them, also when one is there.
    const line = () => page.evaluate(() => document.querySelector('.new-line + li')?.getAttribute('data-n'))
    expect(await line()).toBe('41')
    await page.getByRole('button', { name: '2 new messages' }).click()
    await page.locator('.to-end').waitFor({ state: 'detached' })
    expect(await line()).toBe('41')
    // Whoever answers has read it.
    await bea.say('thank you')
    await page.locator('.new-line').waitFor({ state: 'detached' })
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(43))
  })

  it('opens where one stopped reading the last time', async () => {
    const stage = await openStage()
    const cleo = await written(stage, 10)
    const context = await stage.context()
    // Without chance, both pages would number their questions alike, and the second be told what the first one was.
    await context.addInitScript(() => {
      Math.random = () => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32
    })
    const bea = await stage.visit('Bea', { within: context })
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(10))
    expect(await bea.page.locator('.new-line').count()).toBe(0)
    const read = () => bea.page.evaluate(() => JSON.parse(localStorage.getItem('chat:read') ?? '{}').lobby)
    await expect.poll(read, patience).toBe(10)
    await bea.page.close()
    for (const n of upTo(30)) await cleo.say(`while she was away ${n}`).acked
    const again = await stage.visit('Bea', { within: context })
    await again.page.getByRole('button', { name: '30 new messages' }).waitFor()
    const at = await topOf(again.page, 11)
    expect(at).toBeGreaterThan(0)
    expect(at).toBeLessThan(await log(again.page).evaluate(({ clientHeight }) => clientHeight))
    await again.page.locator('.new-line').waitFor()
  })
})

describe('what passes', () => {
  it('says that somebody is writing, to the others alone, until it is said or given up', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea')
    const field = ada.page.getByLabel('Message', { exact: true })
    await field.pressSequentially('hel')
    await bea.page.getByText('Ada is writing…').waitFor()
    expect(await ada.page.locator('.typing').count()).toBe(0)
    await field.press('Enter')
    await bea.page.locator('.typing').waitFor({ state: 'detached' })
    await same([ada, bea], ['hel'])
    await field.pressSequentially('x')
    await bea.page.getByText('Ada is writing…').waitFor()
    await bea.page.locator('.typing').waitFor({ state: 'detached' })
    // Nothing of it was numbered.
    expect((await stage.status())?.rooms[0]?.last).toBe(1)
  })

  it('says how many messages came by catching up, and not that one was recovered which came by itself', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const context = await stage.context()
    const bea = await stage.visit('Bea', { within: context })
    await ada.say('a1 before')
    await same([ada, bea], ['a1 before'])
    // A server that has never answered a ping would be told, in development, that it has to.
    await bea.badgeWhen(({ roundTrip }) => roundTrip !== null)
    await context.setOffline(true)
    await bea.badgeWhen(({ tone }) => tone === 'bad')
    for (const n of [2, 3, 4]) await ada.say(`a${n} while Bea is away`)
    await bea.say('b1 of her own')
    await expect.poll(async () => (await stage.status())?.rooms[0]?.last, patience).toBe(4)
    const back = Date.now()
    await context.setOffline(false)
    await bea.badgeWhen(({ tone }) => tone === 'good', back)
    await bea.page.locator('.regained', { hasText: '3 messages recovered' }).waitFor()
    await ada.say('a5 afterwards')
    await expect.poll(() => numbers(bea), patience).toEqual(upTo(6))
    expect(await bea.page.locator('.recovered').allTextContents()).toEqual(['3 messages recovered'])
    expect(await bea.page.evaluate(() => document.querySelector('.recovered + li')?.getAttribute('data-n'))).toBe('2')
    // Ada has missed nothing.
    expect(await ada.page.locator('.recovered').count()).toBe(0)
    for (const one of [ada, bea]) expect(one.complaints).toEqual([])
  })
})

describe('a message that the server refuses', () => {
  it('says why, is refused again when it is tried again, and goes when it is discarded', async () => {
    const stage = await openStage()
    const cleo = await Writer.join(stage.port, 'Cleo')
    await Promise.all(upTo(32).map((n) => cleo.say('a room of its own', { room: `room-${n}` }).acked))
    const bea = await stage.visit('Bea', { room: 'room-7' })
    await bea.page.getByLabel('Room', { exact: true }).fill('one-too-many')
    await bea.page.getByLabel('Room', { exact: true }).press('Enter')
    await bea.page.getByText(/This room cannot be joined. The server expected one of the \d+ rooms/).waitFor()
    await bea.say('nobody will hear this')
    const message = bea.page.locator('.message.own')
    await message.getByText('The server expected one of the 32 rooms').waitFor()
    await message.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => bea.marksOf('nobody'), patience).toEqual(expect.arrayContaining(['refused', 'sent']))
    await message.getByText('The server expected one of the 32 rooms').waitFor()
    await message.getByRole('button', { name: 'Discard' }).click()
    await message.waitFor({ state: 'detached' })
    expect((await stage.status())?.rooms).toHaveLength(32)
    expect(bea.complaints).toEqual([])
  })
})

describe('the language', () => {
  it("is the browser's, and that of the switch from then on, with the document's own", async () => {
    const stage = await openStage()
    const ming = await visitIn(stage, { locale: 'zh-CN' })
    const { page } = ming
    const lang = () => page.evaluate(() => document.documentElement.lang)
    expect([await lang(), await page.title()]).toEqual(['zh-CN', '一个随你弄坏的聊天室'])
    await page.getByRole('button', { name: '重新连接' }).waitFor()
    await page.locator('#composer').fill('你好，见 https://a.test/路径。')
    await page.locator('#composer').press('Enter')
    await page.locator('.mark', { hasText: '已送达' }).waitFor()
    expect(await page.getByRole('link', { name: 'https://a.test/路径' }).getAttribute('rel')).toContain('noopener')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Reconnect' }).waitFor()
    await page.locator('.mark', { hasText: 'delivered' }).waitFor()
    expect([await lang(), await page.title()]).toEqual(['en', 'A chat that you can break'])
    await page.reload()
    await page.getByRole('button', { name: 'Reconnect' }).waitFor()
    expect(await lang()).toBe('en')
    // What a person wrote stays as it is.
    await page.getByText('你好，见').waitFor()
    expect(ming.complaints).toEqual([])
  })
})

describe('for everybody', () => {
  it('has no fault that axe finds, in either language, light and dark, with all of it open', async () => {
    const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    const stage = await openStage()
    await written(stage, 60)
    const looks = ['en-GB', 'zh-CN'].flatMap((locale) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        [
          { width: 1280, height: 800 },
          { width: 390, height: 844 },
        ].map((viewport) => ({ locale, colorScheme, viewport, reducedMotion: 'reduce' })),
      ),
    )
    for (const look of looks) {
      const visitor = await visitIn(stage, look, 'Bea')
      const { page } = visitor
      await page.locator('.older').waitFor({ state: 'attached' })
      await page.locator('#composer').fill('https://a.test/ is a link')
      await page.locator('#composer').press('Enter')
      await page.locator('.message.own a').last().waitFor()
      const check = async (what: string) => {
        await page.evaluate(source)
        const faults = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run()
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
        })
        expect(faults, `${JSON.stringify(look)} ${what}`).toEqual([])
      }
      await check('as it is')
      for (const opener of ['.lines-opener', '.fold']) {
        if (await page.locator(opener).isVisible()) await page.locator(opener).click()
      }
      await scrollTo(page, 600)
      await page.locator('.to-end').waitFor()
      await check('opened')
      expect(visitor.complaints).toEqual([])
      await page.context().close()
    }
  })

  it('leads through the whole page by Tab, in the order it is read, with the focus in sight', async () => {
    const stage = await openStage()
    const cleo = await Writer.join(stage.port, 'Cleo')
    await cleo.say('one message with a link: https://a.test/').acked
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      const { page } = await visitIn(stage, { viewport, locale: 'en-GB', reducedMotion: 'reduce' }, 'Bea')
      await page.locator('.message a').waitFor()
      const wanted = await page.evaluate(() => {
        const all = 'a[href], button, input, textarea, select, summary, [tabindex="0"]'
        const list = [...document.querySelectorAll<HTMLElement>(all)].filter(
          (each) => each.checkVisibility() && each.tabIndex >= 0,
        )
        list.forEach((each, index) => {
          each.dataset.stop = `${index}`
        })
        return list.map(({ dataset, textContent, id }) => `${dataset.stop} ${textContent || id}`)
      })
      const walked: string[] = []
      const unseen: string[] = []
      await page.getByRole('link', { name: 'README' }).focus()
      for (let step = 0; step < wanted.length; step++) {
        if (step > 0) await page.keyboard.press('Tab')
        const { name, isSeen } = await page.evaluate(() => {
          const each = document.activeElement as HTMLElement
          // A field's ring is drawn by its box.
          const rings = [each, each.closest('.box')].map((one) => one && getComputedStyle(one))
          const { top, bottom } = each.getBoundingClientRect()
          const isInView = each.matches('.log') || (top < window.innerHeight && bottom > 0)
          return {
            name: `${each.dataset.stop} ${each.textContent || each.id}`,
            isSeen:
              isInView && rings.some((ring) => ring && ring.outlineStyle !== 'none' && ring.outlineWidth !== '0px'),
          }
        })
        walked.push(name)
        if (!isSeen) unseen.push(name)
      }
      expect(walked).toEqual(wanted)
      expect(unseen).toEqual([])
      expect(wanted.length).toBeGreaterThanOrEqual(17)
      await page.context().close()
    }
  })
})
