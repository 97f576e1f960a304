/**
 * Owns the application that all the mocks are tried on: written as a user would, it knows nothing of any mock.
 * Nothing here may reach into the engine: what a mock cannot do, its test has to show.
 */

import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { expect, vi } from 'vitest'
import { type OwnConnectionProps, useMessage, useWebSocket, WebSocketProvider } from '../../hooks/index.ts'

export const ADDRESS = 'wss://chat.example.com/room'

function Chat() {
  const [lines, setLines] = useState<string[]>([])
  const { state, lastClose, send, close } = useWebSocket()
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

/** Renders the application; `baseDelay` is short because these mocks live in real time. */
export function renderChat(options: Partial<OwnConnectionProps> = {}) {
  return render(
    <WebSocketProvider {...({ url: ADDRESS, baseDelay: 20, jitter: 0, ...options } as OwnConnectionProps)}>
      <Chat />
    </WebSocketProvider>,
  )
}

export const press = (name: 'Send' | 'Close') => fireEvent.click(screen.getByRole('button', { name }))
export const shows = (text: string | RegExp) => screen.findByText(text, {}, { timeout: 5000 })

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
