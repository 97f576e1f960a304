// @vitest-environment jsdom

/** The fields one writes in: which Enter sends, and what is said where a name is refused. */

import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Composer } from '../../demo/client/chat/Composer.tsx'
import { Identity } from '../../demo/client/chat/Identity.tsx'
import type { Chat } from '../../demo/client/chat/useChat.ts'

afterEach(cleanup)

const enter = { key: 'Enter', keyCode: 13 }
/** What Safari sends after `compositionend` for the Enter that took a candidate. */
const safari = { key: 'Enter', keyCode: 229, isComposing: false }
/** What the other browsers send before it. */
const others = { key: 'Enter', keyCode: 229, isComposing: true }
const androidless = { key: 'Enter', keyCode: 13, isComposing: true }

const chat: Chat = {
  ...{ room: 'lobby', nick: 'Ada', log: [], going: [], people: [], problem: null, draft: '你好' },
  ...{ waiting: 0, joined: true, keeps: true, full: false, wouldLose: 0, stores: { tab: null, browser: null } },
  ...{ loaded: true, more: false, loading: false, recovered: null, refusal: null, typists: [], older: async () => {} },
  ...{ isOwn: () => true, rename() {}, setDraft() {}, retry() {}, discard() {}, write() {} },
}

function openComposer(change: Partial<Chat> = {}, connected = true) {
  const write = vi.fn()
  render(<Composer chat={{ ...chat, write, ...change }} connected={connected} />)
  return { write, field: screen.getByRole('textbox', { name: 'Message' }) }
}

describe('the message field', () => {
  it('sends at Enter, and begins a new line at Shift and Enter', () => {
    const { write, field } = openComposer()
    expect(fireEvent.keyDown(field, { ...enter, shiftKey: true })).toBe(true)
    expect(write).not.toHaveBeenCalled()
    expect(fireEvent.keyDown(field, enter)).toBe(false)
    expect(write).toHaveBeenCalledExactlyOnceWith('你好')
  })

  it.each([safari, others, androidless])('does not send at the Enter that takes a candidate: %j', (key) => {
    const { write, field } = openComposer()
    fireEvent.keyDown(field, key)
    expect(write).not.toHaveBeenCalled()
    fireEvent.keyDown(field, enter)
    expect(write).toHaveBeenCalledOnce()
  })
})

describe('what stands below the message field', () => {
  const hint = () => document.getElementById('composer-hint')?.textContent

  it.each([
    [{ waiting: 1 }, 'One message waits and goes out by itself, from your next tab if you close this one.'],
    [{ waiting: 2 }, '2 messages wait and go out by themselves, from your next tab if you close this one.'],
    [{}, 'Nothing goes out just now. What you send waits, even if you close the tab.'],
    [{ waiting: 1, keeps: false }, 'One message waits and goes out by itself. Closing or reloading the tab loses it.'],
    [
      { waiting: 2, keeps: false },
      '2 messages wait and go out by themselves. Closing or reloading the tab loses them.',
    ],
    [{ keeps: false }, 'Nothing goes out just now. What you send waits. Closing or reloading the tab loses it.'],
    [{ problem: 'unkept' as const, waiting: 1 }, 'This browser cannot keep the message, so it was not sent.'],
    [{ problem: { expected: 'more' }, waiting: 1 }, 'This room cannot be joined. The server expected more.'],
  ] as [Partial<Chat>, string][])('says what becomes of what is written: %j', (change, said) => {
    openComposer(change, false)
    expect(hint()).toBe(said)
  })

  it('says that no more is taken, and takes none', () => {
    const { write, field } = openComposer({ full: true, waiting: 200 })
    fireEvent.keyDown(field, enter)
    expect(write).not.toHaveBeenCalled()
    expect(hint()).toMatch(/^200 messages are on their way/)
  })
})

describe('the fields for room and name', () => {
  function openIdentity(refused: string | null = null) {
    window.location.hash = '#/lobby'
    const onRename = vi.fn()
    render(<Identity room="lobby" refused={refused} nick="Ada" onRename={onRename} />)
    return { onRename, room: screen.getByLabelText<HTMLInputElement>('Room'), you: screen.getByLabelText('You') }
  }
  const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } })

  it('take a Chinese room, and the Enter of its last candidate neither takes nor refuses anything', () => {
    const { room } = openIdentity()
    fireEvent.compositionStart(room)
    type(room, "da'ting")
    expect(screen.queryByRole('alert')).toBeNull()
    expect(fireEvent.keyDown(room, others)).toBe(false)
    fireEvent.compositionEnd(room)
    type(room, '大厅')
    // Prevented: the form must not be submitted by it.
    expect(fireEvent.keyDown(room, safari)).toBe(false)
    expect(fireEvent.keyDown(room, enter)).toBe(true)
    fireEvent.submit(room)
    expect(decodeURIComponent(window.location.hash)).toBe('#/大厅')
  })

  it('say what they refuse, while it is typed and after it was given up, until something else is typed', () => {
    const { room, you, onRename } = openIdentity()
    type(room, 'a/b')
    expect(screen.getByRole('alert').textContent).toMatch(/letters, digits and -/)
    expect(room.getAttribute('aria-invalid')).toBe('true')
    fireEvent.submit(room)
    expect(room.value).toBe('a/b')
    fireEvent.blur(room)
    expect(room.value).toBe('lobby')
    expect(screen.getByRole('alert').textContent).toMatch(/“a\/b” was not taken.*letters, digits and -/)
    type(room, 'attic')
    expect(screen.queryByRole('alert')).toBeNull()
    type(you, '<b>')
    fireEvent.blur(you)
    expect(onRename).not.toHaveBeenCalled()
    expect(screen.getByRole('alert').textContent).toMatch(/“<b>” was not taken/)
  })

  it('say that the address names no room', () => {
    openIdentity('a/b')
    expect(screen.getByRole('alert').textContent).toMatch(/“a\/b” was not taken/)
  })
})
