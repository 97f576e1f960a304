/**
 * Owns turning options while the client runs: sliders through `update`, what the retries would be like, the change as code
 * to copy. What was before is kept, to go back to. Must never set an option that is no number.
 */

import { button, el, setText } from '../dom.ts'
import { count, duration } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeCopyButton } from './copy.ts'
import { makeSchedule } from './schedule.ts'

/** Name, least, most; `ms` moves by factors. A most of Infinity is the slider's end. */
const SLIDERS: readonly (readonly [name: string, least: number, most: number, kind: 'ms' | 'count' | 'part'])[] = [
  ['baseDelay', 50, 60_000, 'ms'],
  ['maxDelay', 100, 600_000, 'ms'],
  ['multiplier', 1, 5, 'part'],
  ['jitter', 0, 1, 'part'],
  ['maxRetries', 0, 50, 'count'],
  ['connectTimeout', 200, 60_000, 'ms'],
  ['minUptime', 0, 60_000, 'ms'],
  ['heartbeatInterval', 0, 120_000, 'ms'],
  ['heartbeatTimeout', 200, 60_000, 'ms'],
  ['circuitBreaker.failureThreshold', 1, 20, 'count'],
  ['circuitBreaker.resetTimeout', 500, 300_000, 'ms'],
  ['circuitBreaker.resetJitter', 0, 1, 'part'],
]
const STEPS = 100
/** So that 0 has a place on a scale of factors. */
const FLOOR = 20

export function makeOptions({ observed, words, model }: ViewContext): View {
  const { client } = observed
  const read = (name: string): unknown => {
    const [group, inner] = name.split('.') as [string, string?]
    const value = (client.options as unknown as Record<string, unknown>)[group]
    return inner ? (value as Record<string, unknown> | false) && (value as Record<string, unknown>)[inner] : value
  }
  const original =
    model.originals.get(client) || Object.fromEntries(SLIDERS.map(([name]) => [name, read(name)] as const))
  model.originals.set(client, original)
  const changed = () => SLIDERS.map(([name]) => name).filter((name) => read(name) !== original[name])

  const error = el('p', { class: 'error', role: 'alert' })
  const set = (name: string, value: unknown) => {
    const [group, inner] = name.split('.') as [string, string?]
    try {
      client.update(inner ? { [group]: { [inner]: value } } : { [group]: value })
      setText(error, '')
    } catch (thrown) {
      setText(error, String((thrown as Error).message))
    }
    update()
  }
  const rows = SLIDERS.map(([name, least, most, kind]) => {
    const range: HTMLInputElement = el('input', {
      ...{ type: 'range', min: 0, max: STEPS, 'aria-label': name },
      input: () => set(name, at(Number(range.value), least, most, kind)),
    })
    const output = el('output')
    return {
      name,
      least,
      most,
      kind,
      range,
      output,
      row: el('div', { class: 'slider' }, el('code', {}, name), range, output),
    }
  })
  const schedule = makeSchedule(words.schedule, words)
  const code = () => {
    const bag: Record<string, unknown> = {}
    for (const name of changed()) {
      const [group, inner] = name.split('.') as [string, string?]
      bag[group] = inner ? { ...(bag[group] as object), [inner]: read(name) } : read(name)
    }
    return JSON.stringify(bag, (_, value) => (value === Infinity ? '\0' : value), 2)
      .replace(/"(\w+)":/g, '$1:')
      .replace(/"\\u0000"/g, 'Infinity')
  }
  const copy = makeCopyButton(words.copyCode, words, code)
  const reset = button(words.reset, () => changed().forEach((name) => set(name, original[name])))
  const note = el('span', { class: 'soft' })
  const element = el(
    'section',
    { class: 'options' },
    el('div', { class: 'sliders' }, ...rows.map(({ row }) => row)),
    el(
      'div',
      { class: 'preview' },
      el('div', { class: 'tools' }, copy, reset, note),
      error,
      el('h2', {}, words.schedule),
      el('div', { class: 'figure' }, schedule.element),
    ),
  )
  let drawn: unknown

  function update(): void {
    // Others may change options too, but a picture that stays the same is not drawn again.
    if (drawn === client.options) return
    drawn = client.options
    for (const { name, least, most, kind, range, output, row } of rows) {
      const value = read(name)
      const isNumber = typeof value === 'number'
      range.disabled = !isNumber
      if (isNumber) range.value = String(positionOf(value, least, most, kind))
      setText(
        output,
        isNumber ? (kind === 'ms' ? duration(value) : kind === 'part' ? `${value}` : count(value)) : String(value),
      )
      row.toggleAttribute('data-changed', value !== original[name])
    }
    schedule.draw(client.options)
    const { length } = changed()
    copy.disabled = reset.disabled = !length
    setText(note, length ? fillIn(words.changed, length) : '')
  }

  return { element, update }
}

/** A slider's place → the value there. */
export function at(position: number, least: number, most: number, kind: 'ms' | 'count' | 'part'): number {
  const part = position / STEPS
  if (kind === 'part') return Math.round((least + part * (most - least)) * 100) / 100
  if (kind === 'count') return position >= STEPS ? Infinity : Math.round(least + part * (most - least))
  const value = (least + FLOOR) * ((most + FLOOR) / (least + FLOOR)) ** part - FLOOR
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1)
  return Math.min(most, Math.max(least, Math.round(value / digits) * digits))
}

/** A value → its place on the slider. */
export function positionOf(value: number, least: number, most: number, kind: 'ms' | 'count' | 'part'): number {
  const inside = Math.min(most, Math.max(least, value))
  if (kind === 'count' && value === Infinity) return STEPS
  if (kind !== 'ms') return Math.round(((inside - least) / (most - least)) * STEPS)
  return Math.round((Math.log((inside + FLOOR) / (least + FLOOR)) / Math.log((most + FLOOR) / (least + FLOOR))) * STEPS)
}
