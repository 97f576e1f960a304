/**
 * Owns the panel's place on a page: a shadow root with its own styles, the button that opens it, four samples a second, and
 * what is shown if anything of it fails. Must never let a failure out, nor leave anything behind when it is taken away.
 */

import type { Desk } from '../desk.ts'
import { button, el, FAILED, setAttribute, setText } from './dom.ts'
import { makePanel, newMemory, type Panel } from './panel.ts'
import { addStyles, panelCss } from './styles.ts'
import { english, type Language, type Words, wordsOf } from './words.ts'

/** Ms between two samples. */
const SAMPLE = 250

export interface MountOptions {
  readonly desk: Desk
  /** The edge of the page where it opens; undefined: it fills its host, without a button. */
  readonly position?: 'bottom' | 'top' | 'left' | 'right' | undefined
  readonly initialIsOpen?: boolean | undefined
  readonly styleNonce?: string | undefined
  readonly language?: Language | undefined
}

/** A panel that stands in its place. */
export interface Mounted {
  /** The page speaks this language now. Whoever has picked another in the panel keeps it. */
  speak(said: Language | undefined): void
  unmount(): void
}

/** Shows the panel in `host`. The desk stays, and is its owner's. */
export function mount(host: HTMLElement, options: MountOptions): Mounted {
  const { desk, position, initialIsOpen = false, styleNonce } = options
  const root = host.shadowRoot || host.attachShadow({ mode: 'open' })
  const styles = new Set<string>()
  const addStyle = (css: string) => {
    if (!styles.has(css)) addStyles(root, css, styleNonce)
    styles.add(css)
  }
  addStyle(panelCss)
  let isOpen = !position || initialIsOpen
  const languageOf = (chosen: Language | undefined): Language =>
    chosen || (navigator.language.startsWith('zh') ? 'zh' : 'en')
  let said = languageOf(options.language)
  let language = said
  let words: Words = english
  let isGone = false
  let memory = newMemory()
  let panel: Panel | undefined
  let timer: ReturnType<typeof setInterval> | undefined

  const dot = el('span', { class: 'dot' })
  const label = el('span')
  const launcher = button(dot, () => toggle(true), { class: 'launcher' })
  launcher.append(label)
  const frame = el('div', {
    class: 'frame',
    'data-position': position || 'inside',
    keydown: (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !position) return
      event.stopPropagation()
      toggle(false)
    },
  })

  function toggle(opens: boolean): void {
    isOpen = opens
    tick()
    if (opens) frame.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus()
    else launcher.focus()
  }

  function tick(): void {
    try {
      if (!panel) return
      panel.tick(isOpen)
      frame.hidden = !isOpen
      launcher.hidden = !position || isOpen
      setAttribute(launcher, 'aria-expanded', isOpen)
      setAttribute(launcher, 'aria-label', `${words.open}: ${panel.state}`)
      setAttribute(launcher, 'data-tone', panel.tone)
      launcher.toggleAttribute('data-broken', !!panel.isBroken)
      setText(label, `WS ${panel.state}`.trim())
    } catch (thrown) {
      fail(thrown)
    }
  }

  async function start(): Promise<void> {
    const asked = language
    const loaded = await wordsOf(asked)
    // Meanwhile it may be another that is wanted.
    if (isGone || asked !== language) return
    words = loaded
    panel?.close()
    panel = makePanel({
      ...{ desk, memory, language, words, addStyle },
      async onLanguage(chosen) {
        language = chosen
        await start()
        frame.querySelector<HTMLElement>('.end button')?.focus()
      },
      onClose: position && (() => toggle(false)),
    })
    frame.replaceChildren(panel.element)
    clearInterval(timer)
    timer = setInterval(tick, SAMPLE)
    tick()
  }

  /** The page must not notice, and whoever looks must know. */
  function fail(thrown: unknown): void {
    clearInterval(timer)
    for (const { recorder, breaker } of desk.all()) {
      recorder.stop()
      breaker?.heal()
    }
    forget()
    panel = undefined
    frame.replaceChildren(
      el(
        'div',
        { class: 'panel', role: 'region', 'aria-label': words.name },
        el('p', { class: 'error', role: 'alert' }, words.failed),
        el('pre', { class: 'text', tabindex: 0 }, String((thrown as Error | undefined)?.stack || thrown)),
        el('div', { class: 'tools' }, button(words.again, start)),
      ),
    )
  }

  function forget(): void {
    for (const { client } of desk.all()) memory.histories.get(client)?.close()
    memory = newMemory()
  }

  const onFailure = (event: Event) => fail((event as CustomEvent).detail)
  root.addEventListener(FAILED, onFailure)
  root.append(frame, launcher)
  start().catch(fail)
  return {
    speak(next) {
      const before = said
      said = languageOf(next)
      if (said === before || language !== before) return
      language = said
      start().catch(fail)
    },
    unmount() {
      isGone = true
      clearInterval(timer)
      root.removeEventListener(FAILED, onFailure)
      panel?.close()
      forget()
      root.replaceChildren()
    },
  }
}
