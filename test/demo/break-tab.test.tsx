// @vitest-environment jsdom

/** The laboratory's tab that breaks the server, before and while the server cannot be reached. */

import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { BreakTab } from '../../demo/client/lab/BreakTab.tsx'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

it('gives no order before the server has answered, and calls it unreachable only once it has not', async () => {
  let fail = () => {}
  const refused = new Promise((_, reject) => {
    fail = () => reject(new TypeError('Failed to fetch'))
  })
  vi.stubGlobal('fetch', () => refused)
  render(<BreakTab />)
  expect(screen.getByRole('alert').textContent).toBe('')
  expect(screen.getByRole('button', { name: 'Crash: Do it' }).getAttribute('aria-disabled')).toBe('true')
  await act(async () => fail())
  expect(screen.getByRole('alert').textContent).toMatch(/cannot be reached/)
})
