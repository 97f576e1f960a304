// @vitest-environment jsdom

/** How a component is tested that needs a server: without one. Run by vitest, and shown on the page of examples. */

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { WebSocketProvider } from '../../hooks/index.ts'
import { createWorld } from '../../testing/index.ts'
import { Asker } from './Factors.tsx'

afterEach(cleanup)

function open() {
  const world = createWorld({ act })
  render(
    <WebSocketProvider {...world.options()}>
      <Asker />
    </WebSocketProvider>,
  )
  return { world, output: () => screen.getByRole('status').textContent }
}

const ask = (n: string) => {
  fireEvent.change(screen.getByLabelText('Number'), { target: { value: n } })
  fireEvent.click(screen.getByText('Ask'))
}

test('a question waits for the connection, and its answer is shown', async () => {
  const { world, output } = open()
  ask('12')
  world.socket.accept()
  await world.advanceAsync(0)
  const { id, factor } = JSON.parse(String(world.socket.sent[0]))
  expect(factor).toBe(12)
  world.socket.receive(JSON.stringify({ id, factors: [2, 2, 3] }))
  await world.advanceAsync(0)
  expect(output()).toBe('2 × 2 × 3')
})

test('a question that was on its way when the line broke is said to be lost', async () => {
  const { world, output } = open()
  world.socket.accept()
  ask('7')
  await world.advanceAsync(0)
  world.socket.die(1006)
  await world.advanceAsync(0)
  expect(output()).toBe('No answer: LOST.')
})
