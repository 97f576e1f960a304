// @vitest-environment jsdom

/** The page around the chat: what it is, what it asks before it is left, and what it says while nothing can be reached. */

import { readFileSync } from 'node:fs'
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { About } from '../../demo/client/about/About.tsx'
import { useLeaveGuard } from '../../demo/client/chat/useLeaveGuard.ts'
import { SwitchCard } from '../../demo/client/lab/SwitchCard.tsx'
import { Details } from '../../demo/client/status/Details.tsx'
import { sourceOf } from '../../demo/source.ts'
import { WebSocketProvider } from '../../hooks/index.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { createWorld } from '../support/index.ts'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const usualSource = sourceOf(JSON.parse(readFileSync('package.json', 'utf8')))

describe('what the page is', () => {
  it('is said at its head, which leads to the README, the source and the examples', () => {
    render(<About />)
    expect(screen.getByText(/^The demo of/).textContent).toMatch(/react-websocket-reconnect.*not a message is lost/)
    const hrefs = screen.getAllByRole('link').map((link) => [link.textContent, link.getAttribute('href')])
    expect(hrefs).toEqual([
      ['README', `${usualSource}#readme`],
      ['Source', usualSource],
      ['Examples', '/examples.html'],
    ])
  })

  it('has the address that package.json gives, however it is written there', () => {
    const address = 'https://host.test/owner/name'
    expect(sourceOf({ repository: { url: `git+${address}.git` } })).toBe(address)
    expect(sourceOf({ repository: address, homepage: 'https://elsewhere.test/' })).toBe(address)
    expect(sourceOf({ homepage: `${address}#readme` })).toBe(address)
    expect(usualSource).toMatch(/^https:\/\/[^#]+[^/]$/)
  })
})

describe('leaving the page', () => {
  const Guard = ({ wouldLose }: { wouldLose: boolean }) => {
    useLeaveGuard(wouldLose)
    return null
  }
  /** Whether the browser would ask. */
  const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

  it('asks while something would be lost, and neither asks nor listens otherwise', () => {
    const add = vi.spyOn(window, 'addEventListener')
    const { rerender, unmount } = render(<Guard wouldLose={false} />)
    expect(asks()).toBe(false)
    expect(add.mock.calls.map(([type]) => type)).not.toContain('beforeunload')
    rerender(<Guard wouldLose />)
    expect(asks()).toBe(true)
    rerender(<Guard wouldLose={false} />)
    expect(asks()).toBe(false)
    rerender(<Guard wouldLose />)
    unmount()
    expect(asks()).toBe(false)
  })
})

describe('while nothing can be reached', () => {
  const within = (children: React.ReactNode) => {
    const client = new WebSocketReconnect(createWorld().options())
    return render(<WebSocketProvider client={client}>{children}</WebSocketProvider>)
  }
  const network = (online: boolean) => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(online)
    act(() => void window.dispatchEvent(new Event(online ? 'online' : 'offline')))
  }

  it('the switches blame the server only where the device has a network', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await act(async () => void within(<SwitchCard />))
    expect(screen.getByText(/process cannot be reached/)).toBeTruthy()
    network(false)
    expect(screen.queryByText(/process cannot be reached/)).toBeNull()
    expect(screen.getByText(/This device is offline/)).toBeTruthy()
  })

  it('retries are counted only where one is made', () => {
    const figure = () => document.querySelector('[data-figure="Retries"]')?.textContent
    const { unmount } = within(<Details tone="bad" stranded={false} />)
    expect(figure()).toBe('0')
    unmount()
    within(<Details tone="bad" stranded />)
    expect(figure()).toBe('–')
  })
})
