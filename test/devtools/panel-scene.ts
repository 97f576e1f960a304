/**
 * Owns how the tests of the panel begin: a page whose timers a test moves, a client in its world, and the open panel over it.
 */

import { afterEach, beforeEach, vi } from 'vitest'
import { Desk } from '../../devtools/desk.ts'
import { mount } from '../../devtools/panel/mount.ts'
import type { Language } from '../../devtools/panel/words.ts'
import type { RecorderOptions } from '../../devtools/recorder.ts'
import type { Given } from '../../devtools/registry.ts'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { createWorld } from '../../testing/index.ts'

let close = () => {}

/** To be called once by each file: every test has a page of its own. */
export function freshPages(): void {
  beforeEach(() => {
    vi.useFakeTimers()
    delete (globalThis as never)[Symbol.for('react-websocket-reconnect') as never]
  })
  afterEach(() => {
    close()
    vi.restoreAllMocks()
    vi.useRealTimers()
    document.body.replaceChildren()
  })
}

/** The open panel over what `make` makes, which begins under the eyes of a desk. */
export async function panelOver<T>(
  make: () => T,
  options: RecorderOptions = { entries: 500 },
  { given, ...looks }: { styleNonce?: string; language?: Language; given?: (made: T) => readonly Given[] } = {},
) {
  const early = given && make()
  const desk = new Desk(options, early && given(early))
  const made = early || make()
  const host = document.createElement('div')
  document.body.append(host)
  const { unmount } = mount(host, { desk, position: 'bottom', initialIsOpen: true, ...looks })
  close = () => {
    unmount()
    desk.close()
    close = () => {}
  }
  const root = host.shadowRoot as ShadowRoot
  /** A sample, and another one once all is there that the first has asked for. */
  const tick = async () => {
    await vi.advanceTimersByTimeAsync(250)
    await vi.dynamicImportSettled()
    await vi.advanceTimersByTimeAsync(250)
  }
  await tick()
  const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)]
  const find = (selector: string) => root.querySelector<HTMLElement>(selector) as HTMLElement
  return {
    ...{ made, desk, root, tick, find, close: () => close() },
    text: (selector: string) => find(selector)?.textContent ?? '',
    all,
    /** What the rows of a table say. */
    cells: () => all('.table .rows .row:not([hidden])').map((row) => [...row.children].map((cell) => cell.textContent)),
    /** A list of figures, by their names. */
    facts: () =>
      Object.fromEntries(all('.facts > div').map((each) => [...each.children].map((part) => part.textContent))),
    async open(tab: string) {
      find(`#tab-${tab}`).click()
      await tick()
    },
  }
}

/** A client in its world, and the open panel over it. */
export async function stage(options: Partial<WebSocketReconnectOptions> = {}, entries = 500) {
  const world = createWorld()
  const settings = { jitter: 0, url: 'wss://me:pw@example.test/feed?token=secret', ...options }
  const { made: client, ...panel } = await panelOver(() => new WebSocketReconnect(world.options(settings)), { entries })
  return { world, client, ...panel }
}
