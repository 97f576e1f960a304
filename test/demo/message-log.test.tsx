// @vitest-environment jsdom

/** The conversation as it is shown: how far each message has come, what can be done about it, and where one stands in it. */

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Going } from '../../demo/client/chat/log.ts'
import { MessageLog } from '../../demo/client/chat/MessageLog.tsx'
import type { Chat } from '../../demo/client/chat/useChat.ts'
import type { Message } from '../../demo/protocol.ts'

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  )
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const noon = new Date(2026, 4, 5, 12).getTime()
const message = (n: number, change: Partial<Message> = {}): Message => ({
  ...{ n, id: `message-${n}`, from: 'bea', nick: 'Bea', text: `text ${n}`, at: noon + n },
  ...change,
})
const going = (key: number, status: Going['status'], why?: string): Going => ({
  ...{ type: 'say', room: 'lobby', id: `going-${key}`, from: 'ada', nick: 'Ada', text: `going ${key}`, at: noon + 9 },
  ...{ key, status, why },
})

const chat: Chat = {
  ...{ room: 'lobby', nick: 'Ada', log: [message(1), message(2, { from: 'ada', nick: 'Ada' })], going: [] },
  ...{ people: [], problem: null, draft: '', waiting: 0, joined: true, keeps: true, full: false, wouldLose: 0 },
  ...{ stores: { tab: null, browser: null }, loaded: true, more: false, loading: false, recovered: null },
  ...{ refusal: null, typists: [], older: async () => {}, isOwn: ({ from }) => from === 'ada' },
  ...{ rename() {}, setDraft() {}, retry() {}, discard() {}, write() {} },
}
const show = (change: Partial<Chat> = {}) => render(<MessageLog chat={{ ...chat, ...change }} />)
const marks = () => [...document.querySelectorAll('.mark')].map(({ textContent }) => textContent)

describe('a message', () => {
  it('says how far it has come: waiting, sent, delivered, refused', () => {
    show({ going: [going(1, 'sent'), going(2, 'waiting'), going(3, 'refused', '"text": less')] })
    expect(marks()).toEqual(['delivered', 'sent', 'waiting', 'refused'])
  })

  it('that was refused says why, and can be tried again or discarded', () => {
    const refused = going(3, 'refused', '"text": less')
    const retry = vi.fn()
    const discard = vi.fn()
    show({ going: [refused], retry, discard })
    expect(screen.getByText('The server expected "text": less.')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    fireEvent.click(screen.getByRole('button', { name: 'Discard' }))
    expect([retry.mock.calls, discard.mock.calls]).toEqual([[[refused]], [[refused]]])
  })
})

describe('the log', () => {
  it('says where the room begins, or asks for what is older at the press of a button', () => {
    const older = vi.fn(async () => {})
    const { rerender } = show()
    expect(screen.getByText('This is where #lobby begins.')).toBeTruthy()
    const log = [message(51), message(52)]
    rerender(<MessageLog chat={{ ...chat, log, more: true, older }} />)
    expect(screen.queryByText(/no longer kept/)).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Show older messages' }))
    expect(older).toHaveBeenCalledOnce()
    expect(document.activeElement).toBe(screen.getByRole('log'))
    rerender(<MessageLog chat={{ ...chat, log, more: true, loading: true, older }} />)
    fireEvent.click(screen.getByRole('button', { name: 'Loading…' }))
    expect(older).toHaveBeenCalledOnce()
    screen.getByRole('button', { name: 'Loading…' }).focus()
    rerender(<MessageLog chat={{ ...chat, log }} />)
    expect(document.activeElement).toBe(screen.getByRole('log'))
    expect(screen.getByText('50 earlier messages are no longer kept')).toBeTruthy()
  })

  it('says how many messages came by catching up, where they begin, and for ten seconds where one looks', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    show({ log: [message(1), message(2), message(3)], recovered: { after: 1, upTo: 3 } })
    const said = () => ['.recovered', '.regained'].map((name) => document.querySelector(name)?.textContent)
    expect(said()).toEqual(['2 messages recovered', '2 messages recovered'])
    act(() => void vi.advanceTimersByTime(10_000))
    expect(said()).toEqual(['2 messages recovered', ''])
    vi.useRealTimers()
  })

  it('says who is writing', () => {
    show({ typists: [{ from: 'bea', nick: 'Bea', until: Infinity }] })
    expect(screen.getByText('Bea is writing…')).toBeTruthy()
  })

  it('is not read aloud before it is joined', () => {
    show({ joined: false, loaded: false, log: [] })
    const log = screen.getByRole('log')
    expect([log.getAttribute('aria-live'), log.getAttribute('aria-busy')]).toEqual(['off', 'true'])
    expect(log.textContent).toBe('The messages of this room appear when it is joined.')
  })
})
