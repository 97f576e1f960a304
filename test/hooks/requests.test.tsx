/** Asking from a component over a server that repeats an id: R31, R32. */

import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { type UseRequestOptions, useRequest } from '../../hooks/index.ts'
import type { RequestFormat } from '../../src/requests/index.ts'
import { type Call, connected, reconnect, say, sent } from '../requests/stage.ts'
import { setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

function setup(format: Partial<RequestFormat<Call, unknown>> = {}) {
  const scene = connected(format)
  const renders: ReturnType<typeof useRequest<Call, any>>[] = []
  function Asker(options: UseRequestOptions) {
    renders.push(useRequest<Call, any>(scene.requests, options))
    return null
  }
  /** What has been asked for is done, in one task. */
  const settle = (what: () => void = () => {}) =>
    act(async () => {
      what()
      await scene.world.settle()
      await vi.advanceTimersByTimeAsync(0)
    })
  return { ...scene, Asker, renders, last: () => renders.at(-1) as (typeof renders)[number], settle }
}

describe('useRequest', () => {
  it('shows that it waits, and then the answer', async () => {
    const { world, Asker, renders, last, settle } = setup()
    render(<Asker />)
    act(() => void last().ask({ op: 'a' }))
    expect(last()).toMatchObject({ data: undefined, isPending: true })
    await settle(() => say(world.socket, { id: 1, result: 'yes' }))
    expect(last()).toMatchObject({ data: 'yes', error: undefined, isPending: false })
    expect(renders.length).toBe(3)
  })

  it('keeps the last answer while the next one is awaited, and shows an error beside it', async () => {
    const { world, Asker, last, settle } = setup()
    render(<Asker />)
    act(() => void last().ask({ op: 'a' }))
    await settle(() => say(world.socket, { id: 1, result: 'old' }))
    act(() => void last().ask({ op: 'b' }))
    expect(last()).toMatchObject({ data: 'old', isPending: true })
    await settle(() => say(world.socket, { id: 2, error: 'no' }))
    expect(last()).toMatchObject({ data: 'old', error: { code: 'REFUSED', reply: 'no' }, isPending: false })
    act(() => void last().ask({ op: 'c' }))
    expect(last()).toMatchObject({ error: undefined, isPending: true })
  })

  it('the newest question wins, whichever answer comes first', async () => {
    const { world, Asker, last, settle, requests } = setup()
    render(<Asker />)
    const ends: unknown[] = []
    act(() => {
      for (const op of ['a', 'b'])
        last()
          .ask({ op })
          .then(
            (value) => ends.push(value),
            ({ code }) => ends.push(code),
          )
    })
    expect(requests.pending).toBe(1)
    await settle(() => say(world.socket, { id: 1, result: 'late' }))
    expect(last()).toMatchObject({ data: undefined, isPending: true })
    await settle(() => say(world.socket, { id: 2, result: 'new' }))
    expect([last().data, ends]).toEqual(['new', ['ABORTED', 'new']])
  })

  it('[R32] aborts what waits when the component has gone, and nothing under StrictMode', async () => {
    const { world, Asker, last, settle, requests } = setup({ cancel: () => '{"cancel":true}' })
    const { unmount } = render(
      <StrictMode>
        <Asker timeout={Infinity} />
      </StrictMode>,
    )
    act(() => void last().ask({ op: 'a' }))
    await settle()
    expect([requests.pending, sent(world.socket).length]).toEqual([1, 1])
    unmount()
    await settle()
    expect([requests.pending, sent(world.socket)[1]]).toEqual([0, { cancel: true }])
  })

  it('[R33] asks with the options of the latest render', async () => {
    const { world, Asker, last, settle } = setup()
    const { rerender } = render(<Asker />)
    rerender(<Asker whenLost="resend" />)
    act(() => void last().ask({ op: 'a' }))
    await act(() => reconnect(world))
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }])
    await settle(() => say(world.socket, { id: 1, result: 'again' }))
    expect(last().data).toBe('again')
  })

  it('`reset` forgets, and what is still answered is nobody’s', async () => {
    const { world, Asker, last, settle } = setup()
    render(<Asker />)
    act(() => void last().ask({ op: 'a' }))
    act(() => last().reset())
    await settle(() => say(world.socket, { id: 1, result: 'late' }))
    expect(last()).toMatchObject({ data: undefined, error: undefined, isPending: false })
  })

  it('[R34] asks nothing on a server', () => {
    const { Asker, last, world } = setup()
    expect(renderToString(<Asker />)).toBe('')
    expect([last().isPending, world.socket.sent]).toEqual([false, []])
  })
})
