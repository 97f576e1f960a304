/**
 * Pages without a bundler: fixtures/import-map beside the packed package, in Chromium, against a real server that goes
 * away and comes back.
 */

import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { importMap } from '../../consumers/import-map.ts'
import { install } from '../../support/installation.ts'

let installation: string
beforeAll(() => {
  installation = install()
})
afterAll(() => rmSync(installation, { recursive: true, force: true }))

it.each(importMap)('$name: connects, talks, and comes back', async ({ run }) => {
  expect(await run(installation)).toBe(
    'server heard "hello", page heard "good morning", "welcome back" over two connections',
  )
})
