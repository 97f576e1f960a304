/** Owns the look at what was asked and not answered yet. Must never end a request. */

import type { RequestLook } from '../../../src/runtime/insides.ts'
import type { LaterContext, View } from '../view.ts'
import { makeTable, previewOf } from './table.ts'
import { keptWordsOf } from './words.ts'

export function makeRequests(context: LaterContext): View {
  const { observed, history, words, redact } = context
  const { el, setText, duration, fillIn } = context.kit
  const own = keptWordsOf(words)
  const { now } = history
  const note = el('p', { class: 'note' })
  const table = makeTable<RequestLook>(
    context,
    words.requests,
    'requests-table',
    [
      { name: 'id', title: 'id', text: ({ id }) => id },
      {
        name: 'status',
        title: own.status,
        text: ({ isSent }) => own.deliveries[isSent ? 'sent' : 'stored'] || 'sent',
      },
      { name: 'age', title: own.age, text: ({ askedAt }) => duration(Math.max(0, now() - askedAt)) },
      { name: 'left', title: own.left, text: ({ deadline }) => duration(Math.max(0, deadline - now())) },
      { name: 'lost', title: 'whenLost', text: ({ whenLost }) => whenLost },
      { name: 'data', title: own.message, text: ({ data }) => previewOf(data, redact, words.binary) },
    ],
    ({ isSent }) => (isSent ? 'good' : 'busy'),
  )
  return {
    element: el('section', { class: 'listed' }, note, table.element),
    update() {
      const { asked = 0, underWay } = observed.requests || {}
      const all = [...(underWay || [])]
      setText(note, fillIn(own.asked, all.length, asked))
      table.update(all)
    },
  }
}
