// @vitest-environment jsdom

/** The badge: true for every status, no more than is known, and one button that is right in each. */

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { reason, type Situation, StatusBadge, wordsFor } from '../../demo/client/StatusBadge.tsx'
import { WebSocketProvider } from '../../hooks/index.ts'
import { interactive, WebSocketReconnect } from '../../src/index.ts'
import { createWorld } from '../support/index.ts'

const close = { code: 1006, reason: '', wasClean: false, opened: true }
const calm: Situation = {
  status: 'open',
  connectionId: 1,
  isReconnecting: false,
  retryCount: 0,
  retryAt: null,
  error: null,
  lastClose: null,
  preparing: null,
  online: true,
}
const say = (change: Partial<Situation>) => wordsFor({ ...calm, ...change })
const statuses = ['idle', 'connecting', 'open', 'waiting', 'blocked', 'closing', 'closed', 'failed'] as const

describe('the status in words', () => {
  it('[R26] is told for every status', () => {
    const told = statuses.map((status) => {
      const { tone, headline } = say({ status, retryAt: status === 'waiting' || status === 'blocked' ? 1 : null })
      return [status, tone, headline]
    })
    expect(told).toEqual([
      ['idle', 'off', 'Not connected'],
      ['connecting', 'busy', 'Reconnecting'],
      ['open', 'good', 'Connected'],
      ['waiting', 'bad', 'Connection lost'],
      ['blocked', 'bad', 'Pausing'],
      ['closing', 'busy', 'Closing'],
      ['closed', 'off', 'Disconnected'],
      ['failed', 'bad', 'Given up'],
    ])
  })

  it('calls nothing lost, and nothing reconnecting, for somebody who was never connected', () => {
    for (const status of statuses) {
      for (const online of [true, false]) {
        const { headline, why } = say({
          status,
          connectionId: 0,
          isReconnecting: true,
          retryAt: 1,
          lastClose: close,
          online,
        })
        expect(`${headline}. ${why}`).not.toMatch(/lost|reconnect|disconnected/i)
      }
    }
    expect(say({ status: 'waiting', connectionId: 0, retryAt: 1 }).headline).toBe('Not connected yet')
    expect(say({ status: 'connecting', connectionId: 0, retryCount: 3 }).headline).toBe('Connecting, try 3')
  })

  it('says that it tries only where something tries', () => {
    for (const status of statuses.filter((each) => each !== 'connecting')) {
      const { headline, why } = say({ status, connectionId: 0, isReconnecting: true, retryAt: 1, retryCount: 3 })
      expect(`${headline}. ${why}`, status).not.toMatch(/trying|connecting/i)
    }
  })

  it('calls an open line connected only when the page is ready on it', () => {
    expect(say({ preparing: 'Logging in' })).toMatchObject({ tone: 'busy', headline: 'Logging in' })
  })

  it('tells a hidden page at rest from a loss', () => {
    expect(say({ status: 'waiting', retryAt: null })).toMatchObject({ tone: 'off', headline: 'Resting' })
  })

  it('says that this device is offline where that is why, and does not where it is connected all the same', () => {
    for (const status of ['waiting', 'blocked'] as const) {
      const words = say({ status, retryAt: 1, online: false, lastClose: close, error: { code: 'HANDSHAKE_FAILED' } })
      expect(words.headline).toBe('This device is offline')
      expect(words.why).not.toMatch(/server/)
    }
    expect(say({ status: 'connecting', isReconnecting: true, online: false }).headline).toBe('This device is offline')
    expect(say({ status: 'open', online: false }).headline).toBe('Connected')
    expect(say({ status: 'connecting', connectionId: 0, online: false }).headline).toBe('Connecting')
  })

  it('gives the reason as far as it is known', () => {
    const why = (code: string | null, lastClose: Situation['lastClose'] = null) =>
      reason({ error: code ? { code } : null, lastClose })
    expect(why('HEARTBEAT_TIMEOUT', close)).toBe('The server stopped answering.')
    expect(why('HANDSHAKE_FAILED', close)).toBe('Could not connect to the server.')
    expect(why('CONNECT_TIMEOUT', close)).toBe('The server did not answer in time.')
    expect(why('NO_URL')).toBe('There is no address to connect to.')
    expect(why('URL_PROVIDER_FAILED', close)).toBe('The connection could not be made.')
    expect(why(null, close)).toBe('The connection broke off.')
    expect(why(null, { ...close, code: 1001, wasClean: true })).toBe('The server is stopping.')
    expect(why(null, { ...close, code: 1000 })).toBe('The connection is being replaced.')
    expect(why(null, { ...close, code: 4408, reason: 'join', wasClean: true })).toBe(
      'The server closed the connection (4408: join).',
    )
    expect(why('FATAL_CLOSE', { ...close, code: 1008, reason: 'abuse' })).toBe(
      'The server closed it for good (1008: abuse).',
    )
    expect(why(null)).toBe('')
  })
})

describe('the badge', () => {
  afterEach(() => {
    cleanup()
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  function openBadge() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = createWorld()
    const client = new WebSocketReconnect(
      world.options({ ...interactive, jitter: 0, url: 'ws://server.test/', heartbeatInterval: 0 }),
    )
    render(
      <WebSocketProvider client={client}>
        <StatusBadge />
      </WebSocketProvider>,
    )
    return {
      client,
      world,
      /** Does it, and lets the frame pass in which readers hear of it (R31). */
      soon(action: () => unknown) {
        act(() => void action())
        act(() => void vi.advanceTimersByTime(40))
      },
      button: screen.getByRole('button'),
      headline: () => document.querySelector('.headline strong')?.textContent,
      count: () => document.querySelector('.countdown')?.textContent,
    }
  }
  const online = (is: boolean) => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(is)
    act(() => void window.dispatchEvent(new Event(is ? 'online' : 'offline')))
  }

  it('[R29] has one button, the same element in every status, and it does what it says', () => {
    const { client, world, soon, button, headline } = openBadge()
    expect([headline(), button.textContent]).toEqual(['Not connected', 'Connect'])
    soon(() => fireEvent.click(button))
    expect(world.sockets).toHaveLength(1)
    expect([headline(), button.getAttribute('aria-disabled')]).toEqual(['Connecting', 'true'])
    soon(() => fireEvent.click(button))
    expect(world.sockets).toHaveLength(1)
    soon(() => void world.socket.refuse())
    expect([headline(), button.textContent]).toEqual(['Not connected yet', 'Try now'])
    soon(() => fireEvent.click(button))
    expect(world.sockets).toHaveLength(2)
    soon(() => void world.socket.accept())
    expect([headline(), button.textContent]).toEqual(['Connected', 'Reconnect'])
    soon(() => fireEvent.click(button))
    expect(world.sockets).toHaveLength(3)
    soon(() => void world.socket.accept())
    soon(() => void client.openCircuit())
    soon(() => void world.socket.die())
    expect([headline(), button.textContent, button.getAttribute('aria-disabled')]).toEqual([
      'Pausing',
      'Try now',
      'false',
    ])
    soon(() => fireEvent.click(button))
    expect([world.sockets.length, client.getSnapshot().circuitState]).toEqual([4, 'CLOSED'])
    expect(document.querySelectorAll('button')).toHaveLength(1)
    expect(button.isConnected).toBe(true)
  })

  it('counts down to the next try, but not while the device is offline', () => {
    const { client, world, soon, headline, count } = openBadge()
    soon(() => void client.connect())
    soon(() => void world.socket.accept())
    soon(() => void world.socket.die())
    expect([headline(), count()]).toEqual(['Connection lost', 'Next try in 1 s'])
    online(false)
    expect([headline(), count()]).toEqual(['This device is offline', undefined])
    online(true)
    expect([headline(), count()]).toEqual(['Connection lost', 'Next try in 1 s'])
  })
})
