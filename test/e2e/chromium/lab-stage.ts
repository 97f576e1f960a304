/**
 * Owns what a person does in the laboratory, and how the badge, the panel of the developer tools and the server's own view are
 * held against each other. It waits for what happens, never for time.
 */

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { DemoServerStatus } from '../../../demo/server/status.ts'
import { type openStage, patience, type Visitor } from './stage.ts'

export type Stage = Awaited<ReturnType<typeof openStage>>

export const openTab = (page: Page, name: string): Promise<void> =>
  page.getByRole('complementary').getByRole('tab', { name, exact: true }).first().click()

/** The quickest switch of this name is beside the badge; this one is the laboratory's. */
export const lasting = (page: Page, name: string) =>
  page.getByRole('complementary').getByRole('switch', { name, exact: true })

/** Turns it, and waits until the server has confirmed. */
export async function turn(page: Page, name: string, on: boolean): Promise<void> {
  const toggle = lasting(page, name)
  await toggle.click()
  await expect.poll(() => toggle.getAttribute('aria-checked'), patience).toBe(String(on))
}

export const once = (page: Page, name: string): Promise<void> =>
  page
    .getByRole('complementary')
    .getByRole('button', { name: `${name}: Do it` })
    .click()

/** What badge and panel said at one moment. */
interface Told {
  at: number
  badge: string
  panel: string
  why: string
}

/** Opens the panel of the developer tools, and notes from then on whatever it and the badge say. */
export async function openPanel(page: Page): Promise<void> {
  await openTab(page, 'Devtools')
  await page.locator('[data-tab="devtools"] .now .state').waitFor()
  await page.evaluate(() => {
    const hosts = document.querySelectorAll('[data-tab="devtools"] *')
    const panel = [...hosts].find(({ shadowRoot }) => shadowRoot)?.shadowRoot as ShadowRoot
    const told: Told[] = []
    const look = () => {
      const text = (selector: string) => panel.querySelector(selector)?.textContent ?? ''
      const badge = document.querySelector<HTMLElement>('.connection')?.dataset.state ?? ''
      told.push({ at: Date.now(), badge, panel: text('.now .state'), why: text('.now .why') })
    }
    const all = { subtree: true, childList: true, attributes: true, characterData: true }
    for (const root of [document, panel]) new MutationObserver(look).observe(root, all)
    look()
    Object.assign(window, { told })
  })
}

const told = (page: Page): Promise<Told[]> => page.evaluate(() => (window as unknown as { told: never }).told)

interface Truth {
  state: RegExp
  /** Of the panel. */
  why?: RegExp
  /** Of the server. */
  server?: (status: DemoServerStatus) => boolean
}

/** Badge and panel have said the same at some moment since, or say it now, and the server says it still. */
export async function expectTruth(
  stage: Stage,
  { page, nick }: Visitor,
  { state, why = /./, server = () => true }: Truth,
  since = Infinity,
): Promise<void> {
  await expect
    .poll(async () => {
      const all = await told(page)
      const now = all.at(-1) as Told
      const status = await stage.status()
      const isThere = status?.connections.some((connection) => connection.nick === nick)
      return {
        now,
        agrees: [...all.filter(({ at }) => at >= since), now].some(
          (one) => one.badge === one.panel && state.test(one.badge) && why.test(one.why),
        ),
        server: !!status && server(status) && (now.badge !== 'OPEN' || !!isThere),
      }
    }, patience)
    .toMatchObject({ agrees: true, server: true })
}

/** Presses what a person would press until it is connected again. */
export async function comeBack(visitor: Visitor, since: number): Promise<void> {
  await expect
    .poll(async () => {
      const badge = await visitor.badge()
      if (badge.at >= since && badge.tone === 'good') return true
      if (badge.button === 'Try now') await visitor.press(/^(Try now|One moment|Reconnect)/)
      return false
    }, patience)
    .toBe(true)
}

/** What axe finds on the page, its open shadow roots included. */
export async function faultsOf(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
  })
}
