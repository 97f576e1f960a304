/**
 * The hooks in a tab that nobody looks at: Chromium stops its animation frames and slows its timers, and still no message
 * is lost and the page shows the last one.
 */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { Chromium } from './devtools.ts'
import { openReactStage, type ReactStage } from './react-stage.ts'

let stage: ReactStage
let browser: Chromium
beforeAll(async () => {
  stage = await openReactStage('19')
  browser = await Chromium.launch()
})
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

it('[R31] in a hidden tab: 10,000 messages are heard, the last one is shown, without a single animation frame', async () => {
  const tab = await browser.open(stage.server.page)
  const page = <T>(expression: string) => tab.run<T>(expression)
  await expect.poll(() => page('typeof show')).toBe('function')
  await page(`show('burst', { url: '${stage.server.url}' })`)
  const text = () => page<string>("document.getElementById('root').innerText")
  await expect.poll(text).toMatch('OPEN')

  // Another tab in front hides this one.
  await browser.open('about:blank')
  await expect.poll(() => page('document.visibilityState')).toBe('hidden')
  await page(
    'globalThis.frames_ = 0; requestAnimationFrame(function again() { frames_++; requestAnimationFrame(again) })',
  )

  stage.server.tell('burst 10000')
  await expect.poll(text).toMatch(/9999/)
  const heard = await page<unknown[]>('notes.heard')
  expect(heard).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)))
  expect(await page<unknown[]>('notes.list.map(({ data }) => data)')).toEqual(heard)
  expect(await text()).toMatch(/^OPEN\s*10000\s*9999$/)
  expect(await page('frames_')).toBe(0)
  expect(await page('document.visibilityState')).toBe('hidden')
})
