/**
 * Owns what every hook test needs: a virtual world behind a provider, React's own clock, and a console that must stay
 * silent. Must never let a test pass over a React warning.
 */

import { act, cleanup, configure } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { type OwnConnectionProps, WebSocketProvider, WebSocketReconnect } from '../../hooks/index.ts'
import type { World } from './index.ts'

/** Fake timers for React's notifier and the provider's linger; the engine lives in the world's own time. */
export function setupHookTests(): void {
  beforeEach(() => {
    configure({ reactStrictMode: false })
    vi.useFakeTimers()
    vi.spyOn(console, 'error')
    vi.spyOn(console, 'warn')
  })
  afterEach(() => {
    cleanup()
    vi.useRealTimers()
    const complaints = [...vi.mocked(console.error).mock.calls, ...vi.mocked(console.warn).mock.calls]
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
    expect(complaints).toEqual([])
  })
}

/** React complains about an error it has already thrown at us; for a test that expects one. */
export function silenceConsoleErrors(): void {
  vi.mocked(console.error).mockReset()
  vi.mocked(console.error).mockImplementation(() => {})
}

/** Lets React's own timers run for `ms`: 0 is the end of the running task. */
export function advanceTimers(ms = 0): void {
  act(() => {
    vi.advanceTimersByTime(ms)
  })
}

/** Something happens in the world, long enough ago that the next news is first news again. */
export function settle(what: () => void = () => {}): void {
  act(what)
  advanceTimers(40)
}

/** A ping goes out and waits: the next pong is its answer. */
export const ping = (world: World): void => settle(() => world.advance(30_000))

/** A warning so far is meant; what it says is for warnings.test.tsx, because each is given once per page. */
export const clearWarnings = (): void => void vi.mocked(console.warn).mockClear()

/** A provider whose connection lives in `world`. */
export function InWorld({
  world,
  children,
  ...props
}: Partial<OwnConnectionProps> & { world: World; children?: ReactNode }): ReactNode {
  return (
    <WebSocketProvider {...(world.options() as OwnConnectionProps)} {...props}>
      {children}
    </WebSocketProvider>
  )
}

/** A client in `world` that belongs to nobody. */
export const clientIn = (world: World): WebSocketReconnect => new WebSocketReconnect(world.options())
