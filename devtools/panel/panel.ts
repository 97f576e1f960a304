/**
 * Owns the panel: its head with client, tabs and language, the red bar while anything is broken, and the view that is seen.
 * One view exists at a time. Must never sample by itself: whoever mounts it says when.
 */

import type { Desk, Observed } from '../desk.ts'
import { shownUrl } from '../desk.ts'
import { button, el, setAttribute, setText } from './dom.ts'
import { History } from './history.ts'
import type { PanelModel, View, ViewMaker } from './view.ts'
import { toneOf } from './views/now.ts'
import { views } from './views.ts'
import type { Language, Words } from './words.ts'

export interface Panel {
  readonly element: HTMLElement
  /** Takes a sample of every client; shows it where the panel is seen. */
  tick(isSeen: boolean): void
  /** Of the picked client, for the button that opens the panel. */
  readonly tone: string
  readonly state: string
  readonly isBroken: boolean
  close(): void
}

/** What outlives a panel that is made anew, in another language. */
export interface PanelMemory {
  /** The client that was chosen; 0: none. */
  id: number
  tab: string
  readonly model: PanelModel
  readonly histories: WeakMap<object, History>
  /** Views that a client has had something to show in; they stay. */
  readonly used: WeakMap<object, Set<string>>
}

export const newMemory = (): PanelMemory => ({
  ...{ id: 0, tab: 'now', histories: new WeakMap(), used: new WeakMap() },
  model: { span: undefined, mayExport: false, originals: new WeakMap() },
})

export interface PanelOptions {
  readonly desk: Desk
  readonly memory: PanelMemory
  readonly language: Language
  readonly words: Words
  readonly addStyle: (css: string) => void
  readonly onLanguage: (language: Language) => void
  readonly onClose?: (() => void) | undefined
}

export function makePanel(options: PanelOptions): Panel {
  const { desk, memory, language, words: text, addStyle, onLanguage, onClose } = options
  const { histories, model, used } = memory
  let view: View | undefined
  let made = ''
  let all: Observed[] = []
  /** Who was chosen, or given; else the latest that has done anything: StrictMode makes others, and throws them away. */
  const picked = () => {
    const busy = all.filter(({ client, recorder }) => recorder.count || client.state !== 'CLOSED')
    const named = all.find((each) => each.id === memory.id) || all.find(({ client }) => client === desk.first)
    return named || busy[busy.length - 1] || all[all.length - 1]
  }

  const picker: HTMLSelectElement = el('select', {
    'aria-label': text.client,
    change: () => ((memory.id = Number(picker.value)), show()),
  })
  const dot = el('span', { class: 'dot' })
  const tabs = views.map(({ id }) =>
    button(text[id], () => open(id), { role: 'tab', id: `tab-${id}`, 'aria-controls': 'view' }),
  )
  let shown: readonly ViewMaker[] = []
  const list = el('div', { role: 'tablist', 'aria-label': text.tabs, keydown: (event: KeyboardEvent) => walk(event) })
  const other: Language = language === 'en' ? 'zh' : 'en'
  const translate = button(text.language, () => onLanguage(other), { lang: other })
  const shut = onClose && button('×', onClose, { class: 'shut', 'aria-label': text.close, title: text.close })
  const broken = el('span')
  const heal = button(text.heal, () => (all.forEach(({ breaker }) => breaker?.heal()), show()))
  const bar = el('div', { class: 'bar', role: 'status', hidden: true }, broken, heal)
  const stage = el('div', { class: 'stage', id: 'view', role: 'tabpanel', tabindex: 0 })
  const element = el(
    'div',
    { class: 'panel', role: 'region', 'aria-label': text.name, lang: language === 'zh' ? 'zh' : 'en' },
    el('div', { class: 'head' }, dot, picker, list, el('span', { class: 'end' }, translate, shut)),
    bar,
    stage,
  )

  function walk(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = (shown.findIndex((each) => each.id === memory.tab) + step + shown.length) % shown.length
    open((shown[next] as ViewMaker).id)
    ;(list.children[next] as HTMLElement).focus()
  }

  function open(name: string): void {
    memory.tab = name
    show()
  }

  function historyOf(observed: Observed): History {
    const known = histories.get(observed.client) || new History(observed)
    histories.set(observed.client, known)
    return known
  }

  /** Lists the views that this client has, or has had, something to show in. */
  function showTabs(observed: Observed | undefined): void {
    const known = (observed && used.get(observed.client)) || new Set<string>()
    if (observed) {
      used.set(observed.client, known)
      for (const { id: name, isUsed } of views) if (isUsed?.(observed)) known.add(name)
    }
    shown = views.filter(({ id: name, isUsed }) => !isUsed || known.has(name))
    if (!shown.some((each) => each.id === memory.tab)) memory.tab = 'now'
    const buttons = shown.map((each) => tabs[views.indexOf(each)] as HTMLElement)
    if (buttons.some((button, n) => button !== list.children[n]) || buttons.length < list.childElementCount) {
      const { activeElement } = list.getRootNode() as ShadowRoot
      list.replaceChildren(...buttons)
      if (buttons.includes(activeElement as HTMLElement)) (activeElement as HTMLElement).focus()
    }
    for (const button of buttons) {
      const isPicked = button.id === `tab-${memory.tab}`
      setAttribute(button, 'aria-selected', isPicked)
      setAttribute(button, 'tabindex', isPicked ? '0' : '-1')
    }
  }

  /** The view of this tab for this client, made anew where one of them has changed. */
  function show(): void {
    const observed = picked()
    showTabs(observed)
    const wanted = observed ? `${observed.id} ${memory.tab}` : ''
    if (wanted !== made || !view) {
      view?.close?.()
      view = undefined
      made = wanted
      const maker = views.find((each) => each.id === memory.tab)
      if (observed && maker) {
        const texts = { words: text, language, addStyle, redact: desk.redact.bind(desk) }
        const context = { observed, history: historyOf(observed), model, ...texts }
        view = maker.make({ ...context, all: () => all, show: open })
      }
      stage.replaceChildren(view ? view.element : el('p', { class: 'note' }, text.noClient))
      setAttribute(stage, 'aria-labelledby', `tab-${memory.tab}`)
    }
    showHead(observed)
    view?.update()
  }

  function showHead(observed: Observed | undefined): void {
    const names = all.map((each) => `${each.id} · ${shownUrl(each.client.url) || '—'}`)
    picker.hidden = !all.length
    if (names.join('\n') !== picker.dataset.names) {
      picker.dataset.names = names.join('\n')
      picker.replaceChildren(...all.map((each, n) => el('option', { value: each.id }, names[n])))
    }
    if (observed) picker.value = String(observed.id)
    setAttribute(element, 'data-tone', observed ? toneOf(observed.client.getSnapshot()) : 'off')
    const faults = all.flatMap((each) =>
      (each.breaker?.active || []).map((fault) => {
        const { fault: name, ...said } = fault
        const values = Object.values(said).join(' ')
        return `${all.length > 1 ? `${each.id}: ` : ''}${name}${values ? ` ${values}` : ''}`
      }),
    )
    bar.hidden = !faults.length
    if (faults.length) setText(broken, `${text.broken}: ${faults.join(', ')}`)
  }

  return {
    element,
    get tone() {
      const observed = picked()
      return observed ? toneOf(observed.client.getSnapshot()) : 'off'
    },
    get state() {
      return picked()?.client.state ?? ''
    },
    get isBroken() {
      return all.some(({ breaker }) => breaker?.active.length)
    },
    tick(isSeen) {
      all = desk.all()
      for (const observed of all) historyOf(observed).sample()
      if (isSeen) show()
    },
    close() {
      view?.close?.()
    },
  }
}
