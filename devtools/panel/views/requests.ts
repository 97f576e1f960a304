/** Owns the look at what was asked and not answered yet. Must never end a request. */

import type { RequestLook } from '../../../src/runtime/insides.ts'
import { el, setText } from '../dom.ts'
import { duration } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeTable, previewOf } from './table.ts'

export function makeRequests({ observed, history, words, redact }: ViewContext): View {
  const { now } = history
  const note = el('p', { class: 'note' })
  const table = makeTable<RequestLook>(
    words.requests,
    'requests-table',
    [
      { name: 'id', title: 'id', text: ({ id }) => id },
      {
        name: 'status',
        title: words.status,
        text: ({ isSent }) => words.deliveries[isSent ? 'sent' : 'stored'] as string,
      },
      { name: 'age', title: words.age, text: ({ askedAt }) => duration(Math.max(0, now() - askedAt)) },
      { name: 'left', title: words.left, text: ({ deadline }) => duration(Math.max(0, deadline - now())) },
      { name: 'lost', title: 'whenLost', text: ({ whenLost }) => whenLost },
      { name: 'data', title: words.message, text: ({ data }) => previewOf(data, redact, words.binary) },
    ],
    ({ isSent }) => (isSent ? 'good' : 'busy'),
  )
  return {
    element: el('section', { class: 'listed' }, note, table.element),
    update() {
      const { asked = 0, underWay } = observed.requests || {}
      const all = [...(underWay || [])]
      setText(note, fillIn(words.asked, all.length, asked))
      table.update(all)
    },
  }
}
