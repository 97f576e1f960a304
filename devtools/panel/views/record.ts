/**
 * Owns taking a recording away: as a HAR, as JSON Lines, as a component test; it asks once, because there may be secrets in
 * it. Must never write it anywhere else.
 */

import { button, download, el, setText } from '../dom.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeCopyButton } from './copy.ts'

export function makeRecord({ observed, words, model }: ViewContext): View {
  const { recorder, id } = observed
  const figures = el('p')
  const copyTest = makeCopyButton(words.copyTest, words, () => recorder.export('test'))
  const save = (format: 'har' | 'jsonl') => {
    const type = format === 'har' ? 'application/json' : 'application/jsonl'
    download(`websocket-${id}.${format}`, recorder.export(format), type)
  }
  const way = (button: HTMLElement, what: string) =>
    el('div', { class: 'fault' }, button, el('span', { class: 'soft' }, what))
  const ways = el(
    'div',
    { class: 'faults' },
    way(copyTest, words.test),
    way(
      button(fillIn(words.save, 'HAR'), () => save('har')),
      words.har,
    ),
    way(
      button(fillIn(words.save, 'JSON Lines'), () => save('jsonl')),
      words.jsonl,
    ),
  )
  const allow = () => {
    model.mayExport = true
    update()
    ways.querySelector('button')?.focus()
  }
  const question = el(
    'div',
    { class: 'question' },
    el('p', {}, words.secrets),
    el('div', { class: 'tools' }, button(words.yes, allow)),
  )
  const element = el(
    'section',
    { class: 'record' },
    el(
      'div',
      { class: 'tools' },
      figures,
      button(words.forget, () => {
        recorder.clear()
        update()
      }),
    ),
    question,
    ways,
  )

  function update(): void {
    setText(
      figures,
      [
        fillIn(words.recorded, recorder.count - recorder.dropped),
        recorder.dropped ? fillIn(words.older, recorder.dropped) : '',
      ]
        .filter(Boolean)
        .join(', '),
    )
    question.hidden = model.mayExport
    ways.hidden = !model.mayExport
  }
  return { element, update }
}
