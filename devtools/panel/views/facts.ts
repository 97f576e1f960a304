/** Owns two small ways to say a figure: a list of names with their values, and a bar with its limit. */

import { el, setAttribute, setText } from '../dom.ts'

export interface Facts {
  readonly element: HTMLElement
  /** Says it, in the order in which the names came first. */
  set(name: string, value: string): void
}

export function makeFacts(): Facts {
  const element = el('dl', { class: 'facts' })
  const cells: Record<string, HTMLElement> = {}
  return {
    element,
    set(name, value) {
      let cell = cells[name]
      if (!cell) {
        cell = cells[name] = el('dd')
        element.append(el('div', {}, el('dt', {}, name), cell))
      }
      setText(cell, value)
    },
  }
}

export interface Meter {
  readonly element: HTMLElement
  /** `most` is its limit, which may be missing or infinite. */
  show(value: number, most: number | undefined, told: string): void
}

/** `limit` is the sentence with the limit in it. */
export function makeMeter(label: string): Meter {
  const bar = el('progress', { max: 1, value: 0, 'aria-label': label })
  const text = el('span', { class: 'soft' })
  return {
    element: el('div', { class: 'meter' }, el('span', {}, label), bar, text),
    show(value, most, told) {
      setAttribute(bar, 'value', most && most < Infinity ? Math.min(1, value / most) : 0)
      setText(text, told)
    },
  }
}
