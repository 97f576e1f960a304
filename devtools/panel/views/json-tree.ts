/**
 * Owns a message opened up: JSON as a tree whose branches are made when they are opened, anything else as text. Must never
 * parse before it is asked, nor draw more than a screen can hold.
 */

import { button, el } from '../dom.ts'

/** Children of one branch that are drawn at once. */
const MANY = 200
/** Characters of a text that are drawn. */
const LONG = 20_000

export function makeTree(text: string): HTMLElement {
  try {
    return branch('', JSON.parse(text), true)
  } catch {
    return el('pre', { class: 'text', tabindex: 0 }, text.length > LONG ? `${text.slice(0, LONG)}…` : text)
  }
}

function branch(key: string, value: unknown, isOpen = false): HTMLElement {
  const name = key ? el('span', { class: 'key' }, `${key}: `) : undefined
  if (typeof value !== 'object' || value === null)
    return el('div', { class: 'leaf' }, name, el('span', { class: typeof value }, JSON.stringify(value)))
  const all = Object.entries(value)
  const [start, end] = Array.isArray(value) ? '[]' : '{}'
  const body = el('div', { class: 'twigs' })
  const grow = (from: number) => {
    for (const [inner, part] of all.slice(from, from + MANY)) body.append(branch(inner, part))
    const rest = all.length - from - MANY
    if (rest < 1) return
    const more: HTMLElement = button(`… ${rest}`, () => (more.remove(), grow(from + MANY)))
    body.append(more)
  }
  const toggle = () => {
    if (details.open && !body.firstChild) grow(0)
  }
  const details: HTMLDetailsElement = el(
    'details',
    { open: isOpen, toggle },
    el('summary', {}, name, `${start}${all.length}${end}`),
    body,
  )
  if (isOpen) grow(0)
  return details
}
