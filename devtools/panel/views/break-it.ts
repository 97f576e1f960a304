/**
 * Owns breaking things by hand: a button for each fault with its parameters, pressed while it lasts. Must never break
 * anything by itself.
 */

import { type Fault, type FaultName, ONCE, PARAMETERS } from '../../breaks/fault.ts'
import { el, button as makeButton, setAttribute } from '../dom.ts'
import type { View, ViewContext } from '../view.ts'

const NAMES = Object.keys(PARAMETERS) as FaultName[]
const CODES = [1000, 1001, 1011, 1012, 1013, 1002, 1008, 4401, 4403, 4429]

export function makeBreakIt({ observed, words, all }: ViewContext): View {
  const every = el('input', { type: 'checkbox' })
  const targets = () => (every.checked ? all() : [observed])
  const isOn = (name: FaultName) => !!observed.breaker?.active.some(({ fault }) => fault === name)

  const make = (name: FaultName, n: number) => {
    const lasts = n >= ONCE
    const fields = PARAMETERS[name]
      .filter((parameter) => parameter !== 'reason')
      .map((parameter) => field(name, parameter))
    const said = (): Fault => Object.assign({ fault: name }, ...fields.map(({ read }) => read())) as unknown as Fault
    const press = () => {
      const heals = lasts && isOn(name)
      for (const { breaker } of targets()) {
        if (heals) breaker?.heal(name)
        else breaker?.break(said())
      }
      update()
    }
    const button = makeButton(name, press, { class: lasts ? 'lasting' : 'once' })
    const card = el(
      'div',
      { class: 'fault', 'data-fault': name },
      button,
      el('span', { class: 'soft' }, words.faults[name]),
      ...fields.map(({ element }) => element),
    )
    return { name, button, card, lasts }
  }
  const faults = NAMES.map(make)
  const cards = (lasts: boolean) => faults.filter((fault) => fault.lasts === lasts).map(({ card }) => card)
  const element = el(
    'section',
    { class: 'break' },
    observed.breaker
      ? el('div', { class: 'tools' }, el('label', { class: 'check' }, every, words.everyClient))
      : el('p', { class: 'note' }, words.cannotBreak),
    el('h2', {}, words.once),
    el('div', { class: 'faults' }, ...cards(false)),
    el('h2', {}, words.lasting),
    el('div', { class: 'faults' }, ...cards(true)),
  )
  function update(): void {
    for (const { name, button, card, lasts } of faults) {
      button.disabled = !observed.breaker
      if (!lasts) continue
      setAttribute(button, 'aria-pressed', isOn(name))
      card.toggleAttribute('data-on', isOn(name))
    }
  }
  return { element, update }
}

/** What a parameter is set with. */
function field(fault: FaultName, parameter: string): { element: HTMLElement; read: () => object } {
  const label = `${fault}: ${parameter}`
  if (parameter === 'direction' || parameter === 'code') {
    const values = parameter === 'code' ? CODES : ['both', 'in', 'out']
    const select = el(
      'select',
      { 'aria-label': label },
      ...values.map((value) => el('option', { value }, String(value))),
    )
    if (parameter === 'code') select.value = '1012'
    return {
      element: select,
      read: () => ({ [parameter]: parameter === 'code' ? Number(select.value) : select.value }),
    }
  }
  if (parameter === 'data') {
    const input = el('input', { type: 'text', 'aria-label': label, placeholder: '…' })
    return { element: input, read: () => (input.value ? { data: input.value } : {}) }
  }
  const [value, least] = ({ times: [3, 1], ms: [400, 0], jitter: [200, 0], every: [3, 1] } as const)[
    parameter as 'times' | 'ms' | 'jitter' | 'every'
  ]
  const input = el('input', { type: 'number', min: least, step: 1, value, 'aria-label': label })
  const unit = parameter === 'ms' ? 'ms' : parameter === 'jitter' ? '± ms' : '×'
  return {
    element: el('span', { class: 'quantity' }, input, el('span', { class: 'soft' }, unit)),
    read: () => ({ [parameter]: Math.max(least, Number(input.value) || least) }),
  }
}
