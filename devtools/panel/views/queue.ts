/** Owns the look at what waits: the queue and its limits, the platform's buffer, what was dropped and why. */

import { el, setAttribute, setText, svg } from '../dom.ts'
import { count, size } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { barsOf } from './lanes.ts'

const HEIGHT = 90
const MINUTES = 3

export function makeQueue({ observed, history, words }: ViewContext): View {
  const { client } = observed
  const meter = (label: string) => {
    const bar = el('progress', { max: 1, value: 0, 'aria-label': label })
    const text = el('span', { class: 'soft' })
    return { bar, text, row: el('div', { class: 'meter' }, el('span', {}, label), bar, text) }
  }
  const waiting = meter(words.waiting)
  const buffered = meter(words.buffered)
  const dropped = el('p', { class: 'soft' })
  const path = svg('path')
  const picture = svg(
    'svg',
    { class: 'lanes', height: HEIGHT, role: 'img', 'aria-label': words.recent },
    svg('g', { class: 'queued' }, path),
  )
  const note = el('p', { class: 'note' })
  const element = el(
    'section',
    { class: 'queue' },
    note,
    waiting.row,
    buffered.row,
    dropped,
    el('h2', {}, words.recent),
    el('div', { class: 'figure' }, picture),
  )
  const show = ({ bar, text }: typeof waiting, value: number, most: number, told: string) => {
    setAttribute(bar, 'value', String(most > 0 && most < Infinity ? Math.min(1, value / most) : 0))
    setText(text, told)
  }
  return {
    element,
    update() {
      const { queue } = client.options
      const { queuedMessages, bufferedAmount } = client.getStats()
      note.hidden = !!queue
      setText(note, queue ? '' : words.noQueue)
      const most = queue ? queue.maxMessages : 0
      show(waiting, queuedMessages, most, `${queuedMessages} ${fillIn(words.limit, count(most))}`)
      const water = queue ? queue.highWaterMark : 0
      show(buffered, bufferedAmount, water, `${size(bufferedAmount)} ${fillIn(words.limit, size(water))}`)
      const reasons = Object.entries(history.drops).map(([reason, times]) => `${reason} ${times}`)
      setText(dropped, `${words.dropped}: ${reasons.join(', ') || '0'}`)
      const to = history.now()
      const window = { from: to - MINUTES * 60_000, to, width: picture.clientWidth || 600 }
      setAttribute(path, 'd', barsOf(history.samples, 'queued', window, HEIGHT, Math.max(1, Math.min(most, 20))).path)
    },
  }
}
