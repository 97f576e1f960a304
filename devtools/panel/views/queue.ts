/** Owns the look at what waits: the queue and its limits, the platform's buffer, what was dropped and why. */

import { el, setAttribute, setText, svg } from '../dom.ts'
import { count, size } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeMeter } from './facts.ts'
import { barsOf } from './lanes.ts'

const HEIGHT = 90
const MINUTES = 3

export function makeQueue({ observed, history, words }: ViewContext): View {
  const { client } = observed
  const waiting = makeMeter(words.waiting)
  const buffered = makeMeter(words.buffered)
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
    waiting.element,
    buffered.element,
    dropped,
    el('h2', {}, words.recent),
    el('div', { class: 'figure' }, picture),
  )
  return {
    element,
    update() {
      const { queue } = client.options
      const { queuedMessages, bufferedAmount } = client.getStats()
      note.hidden = !!queue
      setText(note, queue ? '' : words.noQueue)
      const most = queue ? queue.maxMessages : 0
      waiting.show(queuedMessages, most, `${queuedMessages} ${fillIn(words.limit, count(most))}`)
      const water = queue ? queue.highWaterMark : 0
      buffered.show(bufferedAmount, water, `${size(bufferedAmount)} ${fillIn(words.limit, size(water))}`)
      const reasons = Object.entries(history.drops).map(([reason, times]) => `${reason} ${times}`)
      setText(dropped, `${words.dropped}: ${reasons.join(', ') || '0'}`)
      const to = history.now()
      const window = { from: to - MINUTES * 60_000, to, width: picture.clientWidth || 600 }
      setAttribute(path, 'd', barsOf(history.samples, 'queued', window, HEIGHT, Math.max(1, Math.min(most, 20))).path)
    },
  }
}
