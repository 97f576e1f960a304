/**
 * What a closed tab has left behind, in a real Chromium with its real database: the next tab of the same browser sends it,
 * once, in the order written, dated by the writing. No page is left that could remember anything.
 */

import { describe, expect, it } from 'vitest'
import { expectSame, openStage, patience, Visitor } from './stage.ts'

/** When each message was written, as the page shows it. */
const dates = ({ page }: Visitor) =>
  page
    .locator('.message')
    .evaluateAll((items) =>
      Object.fromEntries(
        items.map((item) => [item.querySelector('.text')?.textContent, item.querySelector('time')?.dateTime]),
      ),
    )

describe('the messages of a closed tab', () => {
  it('wait until the browser has a tab again, and that one sends them, as the person it still is', async () => {
    const stage = await openStage()
    const context = await stage.context()
    const ada = await stage.visit('Ada', { within: context })
    const bea = await stage.visit('Bea')
    await ada.say('a1 arrives')
    await expectSame([ada, bea], ['a1 arrives'])
    await stage.control('refuse', { on: true })
    await ada.badgeWhen(({ state }) => state !== 'OPEN')
    await ada.say('a2 waits')
    await ada.say('a3 waits too')
    await expect.poll(() => ada.page.locator('[data-status="waiting"].message').count(), patience).toBe(2)
    const written = await dates(ada)
    await ada.page.close()

    const opened = Date.now()
    await stage.control('refuse', { on: false })
    await bea.badgeWhen(({ tone }) => tone === 'good', opened)
    await bea.say('b1 meanwhile')
    await expectSame([bea], ['a1 arrives', 'b1 meanwhile'])

    const next = new Visitor(await context.newPage(), 'Ada')
    await next.page.goto(`${stage.url}#/lobby`)
    await expectSame([next, bea], ['a1 arrives', 'b1 meanwhile', 'a2 waits', 'a3 waits too'])
    expect((await next.messages()).map(({ text }) => text).slice(2)).toEqual(['a2 waits', 'a3 waits too'])
    expect(await next.page.getByLabel('You').inputValue()).toBe('Ada')
    await expect.poll(() => next.page.locator('.message.own [data-status="delivered"]').count(), patience).toBe(3)
    for (const one of [next, bea]) expect(await dates(one)).toMatchObject(written)
    expect(next.complaints).toEqual([])
  })

  it('are done once, where the server had them and the tab was closed before it knew', async () => {
    const stage = await openStage()
    const context = await stage.context()
    const ada = await stage.visit('Ada', { within: context })
    await stage.control('hold', { on: true })
    await ada.say('a1 is kept, and nobody knows')
    await expect.poll(async () => (await stage.status())?.rooms[0]?.last, patience).toBe(1)
    expect(await ada.messages()).toMatchObject([{ n: null, status: 'sent' }])
    await ada.page.close()
    await stage.control('hold', { on: false })
    const next = await stage.visit('Ada', { within: context })
    await next.say('a2 comes after it')
    await expectSame([next], ['a1 is kept, and nobody knows', 'a2 comes after it'])
    expect(await next.page.locator('.going').count()).toBe(0)
  })

  it('are sent by another tab at once, which shows them as the other person’s', async () => {
    const stage = await openStage()
    const context = await stage.context()
    const ada = await stage.visit('Ada', { within: context })
    const [page] = await Promise.all([
      context.waitForEvent('page'),
      ada.page.getByRole('link', { name: 'Open another tab' }).click(),
    ])
    const guest = new Visitor(page, 'Zoe')
    await page.getByLabel('You').fill('Zoe')
    await page.getByLabel('You').press('Enter')
    await guest.badgeWhen(({ tone }) => tone === 'good')
    await stage.control('refuse', { on: true })
    for (const one of [ada, guest]) await one.badgeWhen(({ state }) => state !== 'OPEN')
    await ada.say('a1 waits')
    await guest.say('z1 waits')
    // Both tabs show what the browser has to send, each message under the name of who wrote it.
    for (const [one, own] of [
      [ada, 'a1 waits'],
      [guest, 'z1 waits'],
    ] as const) {
      await expect
        .poll(async () => (await one.messages()).map(({ text }) => text), patience)
        .toEqual(['a1 waits', 'z1 waits'])
      expect(await one.page.locator('.message.own .text').allTextContents()).toEqual([own])
    }
    await ada.page.close()
    await stage.control('refuse', { on: false })
    await expectSame([guest], ['a1 waits', 'z1 waits'])
    expect((await guest.messages()).map(({ nick }) => nick)).toEqual(['Ada', 'Zoe'])
  })
})
