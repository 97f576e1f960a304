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

interface Told {
  badge: string
  panel: string
  why: string
}

/** What badge and panel say at one moment. */
const told = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const hosts = document.querySelectorAll('[data-tab="devtools"] *')
    const panel = [...hosts].find(({ shadowRoot }) => shadowRoot)?.shadowRoot
    const text = (selector: string) => panel?.querySelector(selector)?.textContent ?? ''
    return {
      badge: document.querySelector<HTMLElement>('.connection')?.dataset.state ?? '',
      panel: text('.now .state'),
      why: text('.now .why'),
    }
  })

interface Truth {
  state: RegExp
  /** Of the panel. */
  why?: RegExp
  /** Of the server. */
  server?: (status: DemoServerStatus) => boolean
}

/** Badge, panel and server agree on what is so, all at one time. */
export async function expectTruth(
  stage: Stage,
  { page, nick }: Visitor,
  { state, why = /./, server = () => true }: Truth,
): Promise<void> {
  await expect
    .poll(async () => {
      const now = await told(page)
      const status = await stage.status()
      const isThere = status?.connections.some((connection) => connection.nick === nick)
      return {
        ...now,
        agrees: now.badge === now.panel && state.test(now.badge) && why.test(now.why),
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
