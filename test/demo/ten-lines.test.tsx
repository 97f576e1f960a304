// @vitest-environment jsdom

/** The ten lines that the page shows: they are ten, they stand on the page as they are run here, and they make a chat. */

import { readFileSync } from 'node:fs'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { TenLines, tenLines } from '../../demo/client/about/TenLines.tsx'
import { Chat } from '../../demo/client/about/ten-lines.tsx'
import { openChat, Visitor } from '../support/chat-visitor.ts'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

it('are ten, and stand on the page as they stand in the file that is run', () => {
  render(<TenLines shown />)
  const shown = document.querySelector('.ten-lines pre')?.textContent ?? ''
  expect(shown.split('\n')).toHaveLength(10)
  expect(shown).toBe(tenLines)
  expect(readFileSync('demo/client/about/ten-lines.tsx', 'utf8').endsWith(`\n${shown}\n`)).toBe(true)
  expect(shown).toMatch(/SessionProvider[\s\S]*<\/SessionProvider>$/)
})

it('make a chat, with the very server of the demo', async () => {
  const { port } = await openChat()
  // The page's address is none that anybody serves here.
  class Line extends WebSocket {
    constructor(_: string, protocols: string[]) {
      super(`ws://127.0.0.1:${port}/chat`, protocols)
    }
  }
  vi.stubGlobal('WebSocket', Line)
  const bea = await Visitor.join(port, 'Bea')
  render(<Chat />)
  const field = screen.getByLabelText<HTMLInputElement>('Message')
  fireEvent.change(field, { target: { value: 'ten lines were enough' } })
  fireEvent.click(screen.getByRole('button', { name: 'Send' }))
  await bea.heard(1)
  expect(bea.texts()).toEqual(['ten lines were enough'])
  await bea.say('so they were').acked
  expect(await screen.findByText('Ada: ten lines were enough')).toBeTruthy()
  expect(await screen.findByText('Bea: so they were')).toBeTruthy()
  expect(await screen.findByText('0 on their way')).toBeTruthy()
})
