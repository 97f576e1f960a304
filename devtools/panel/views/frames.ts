/**
 * Owns the list of messages: filters, the newest in sight, one of them opened up beside it. Must never read a message that
 * is neither in sight nor asked for, except to look for the filter's text.
 */

import type { RecordedFrame } from '../../record/entry.ts'
import { button, el, guarded, type Handler, setAttribute, setText } from '../dom.ts'
import { duration, size, timeOfDay } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeTree } from './json-tree.ts'
import { makeRows } from './rows.ts'

export function makeFrames({ observed, words, model }: ViewContext): View {
  const { recorder } = observed
  /** The numbers of the entries that fit. */
  let fitting: number[] = []
  let seen = 0
  let span = model.span
  let picked = -1
  let isFollowing = true

  const text = el('input', {
    type: 'search',
    placeholder: words.filter,
    'aria-label': words.filter,
    input: () => refilter(),
  })
  const direction = el(
    'select',
    { 'aria-label': words.direction, change: () => refilter() },
    el('option', { value: '' }, words.both),
    el('option', { value: 'received' }, words.received),
    el('option', { value: 'sent' }, words.sent),
  )
  const check = (label: string, change: () => void) => {
    const box = el('input', { type: 'checkbox', change })
    return { box, label: el('label', { class: 'check' }, box, label) }
  }
  const heartbeats = check(words.heartbeats, () => refilter())
  const follow = check(words.follow, () => {
    isFollowing = follow.box.checked
    update()
  })
  const clear = button(words.clearSpan, () => ((model.span = undefined), update()))
  const note = el('p', { class: 'note', role: 'status' })
  const detail = el('div', { class: 'detail' }, el('p', { class: 'soft' }, words.pick))
  const frameAt = (number: number) => recorder.get(number) as RecordedFrame | undefined
  const rows = makeRows(
    (row, index) => {
      const number = fitting[index] as number
      const frame = frameAt(number)
      if (!frame) return
      const isPicked = String(number === picked)
      setAttribute(row, 'aria-selected', isPicked)
      if (row.dataset.n === String(number)) return
      row.dataset.n = String(number)
      row.dataset.type = frame.type
      setAttribute(row, 'role', 'option')
      setAttribute(row, 'id', `frame-${number}`)
      row.replaceChildren(
        el('span', { class: 'time' }, timeOfDay(frame.at + recorder.wallOffset)),
        el('span', { class: 'way', title: frame.type }, frame.type === 'sent' ? '↑' : '↓'),
        el('span', { class: 'data' }, frame.binary ? words.binary : frame.data.slice(0, 300)),
        el('span', { class: 'size' }, size(frame.size)),
      )
      row.classList.toggle('heartbeat', !!frame.heartbeat)
    },
    { role: 'listbox', 'aria-label': words.frames },
  )
  const list = rows.element
  const listen = (type: string, handler: Handler) =>
    list.addEventListener(type, guarded(list, handler), { passive: type === 'wheel' })
  listen('click', (event: MouseEvent) => {
    const row = (event.target as Element).closest<HTMLElement>('.row')
    if (row) pick(Number(row.dataset.n))
  })
  listen('wheel', () => (isFollowing = rows.isAtEnd))
  listen('keydown', (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key]
    if (!step || !fitting.length) return
    event.preventDefault()
    const from = fitting.indexOf(picked)
    const index = Math.min(fitting.length - 1, Math.max(0, (from < 0 && step < 0 ? fitting.length : from) + step))
    pick(fitting[index] as number)
    rows.reveal(index)
  })
  const element = el(
    'section',
    { class: 'frames' },
    el('div', { class: 'tools' }, text, direction, heartbeats.label, follow.label, clear),
    note,
    el('div', { class: 'split' }, list, detail),
  )
  follow.box.checked = heartbeats.box.checked = true

  function fits(number: number): boolean {
    const entry = recorder.get(number)
    if (!entry || (entry.type !== 'received' && entry.type !== 'sent')) return false
    if (direction.value && entry.type !== direction.value) return false
    if (entry.heartbeat && !heartbeats.box.checked) return false
    if (model.span && (entry.at < model.span[0] || entry.at > model.span[1])) return false
    return entry.data.includes(text.value)
  }

  function refilter(): void {
    fitting = []
    seen = 0
    update()
  }

  function pick(number: number): void {
    picked = number
    isFollowing = false
    const frame = frameAt(number)
    if (!frame) return
    let before: RecordedFrame | undefined
    for (let n = number - 1; n >= recorder.dropped && !before; n--) {
      const entry = recorder.get(n)
      if (entry && entry.type === frame.type) before = entry as RecordedFrame
    }
    const long = fillIn(frame.binary ? words.bytes : words.chars, frame.size)
    detail.replaceChildren(
      el(
        'p',
        { class: 'soft' },
        `${timeOfDay(frame.at + recorder.wallOffset)} · ${long}`,
        before ? ` · ${fillIn(words.after, duration(frame.at - before.at))}` : '',
      ),
      makeTree(frame.data),
    )
    setAttribute(list, 'aria-activedescendant', `frame-${number}`)
    update()
  }

  function update(): void {
    if (span !== model.span) {
      span = model.span
      return refilter()
    }
    for (let n = Math.max(seen, recorder.dropped); n < recorder.count; n++) if (fits(n)) fitting.push(n)
    seen = recorder.count
    const gone = fitting.findIndex((n) => n >= recorder.dropped)
    if (gone) fitting.splice(0, gone < 0 ? fitting.length : gone)
    clear.hidden = !model.span
    const older = recorder.dropped ? fillIn(words.older, recorder.dropped) : ''
    setText(note, [fitting.length ? '' : words.none, older].filter(Boolean).join(' '))
    if (follow.box.checked !== isFollowing) follow.box.checked = isFollowing
    rows.draw(fitting.length, isFollowing)
  }

  return { element, update }
}
