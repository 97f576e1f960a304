/**
 * Owns the application that all the mocks are tried on: written as a user would, it knows nothing of any mock.
 * Nothing here may reach into the engine: what a mock cannot do, its test has to show.
 */

import { act, fireEvent, render, screen } from '@testing-library/react'
import { useEffect, useState } from 'react'
import { expect, vi } from 'vitest'
import {
  type OwnConnectionProps,
  useMessage,
  useWebSocket,
  type WebSocketClient,
  WebSocketProvider,
} from '../../hooks/index.ts'
import { VirtualClock } from '../support/index.ts'

export const ADDRESS = 'wss://chat.example.com/room'

function Chat({ onClient }: { onClient(client: WebSocketClient): void }) {
  const [lines, setLines] = useState<string[]>([])
  const { client, state, lastClose, send, close } = useWebSocket()
  useEffect(() => onClient(client))
  useMessage<string>((text) => setLines((before) => [...before, text]))
  return (
    <>
      <output>{`${state} ${lastClose?.code ?? '–'} ${lines.join(' | ')}`}</output>
      <button type="button" onClick={() => send('hello')}>
        Send
      </button>
      <button type="button" onClick={close}>
        Close
      </button>
    </>
  )
}

/**
 * Renders the application. These mocks live in real time, the client by a clock of its own: it waits for a retry, a ping or
 * a verdict only while `pass` says so, and no test is a race between the two.
 */
export function renderChat(options: Partial<OwnConnectionProps> = {}) {
  const clock = new VirtualClock()
  let client: WebSocketClient | undefined
  const { unmount } = render(
    <WebSocketProvider {...({ url: ADDRESS, clock, baseDelay: 200, jitter: 0, ...options } as OwnConnectionProps)}>
      <Chat
        onClient={(it) => {
          client = it
        }}
      />
    </WebSocketProvider>,
  )
  return {
    unmount,
    client: client as unknown as WebSocketClient,
    pass: (ms: number) => act(() => clock.advance(ms)),
  }
}

export const press = (name: 'Send' | 'Close') => fireEvent.click(screen.getByRole('button', { name }))
export const shows = (text: string | RegExp) => screen.findByText(text)

/** A console that must stay silent, and Testing Library as it is where the runner's functions are global. */
export function listenToConsole(): { expectSilence(): void } {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const spies = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')]
  return {
    expectSilence() {
      const complaints = spies.flatMap((spy) => spy.mock.calls)
      for (const spy of spies) spy.mockRestore()
      vi.unstubAllGlobals()
      expect(complaints).toEqual([])
    },
  }
}
