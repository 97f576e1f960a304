/** Owns the look at the topics that are followed: where each stands, and why it is not live. Must never follow one. */

import type { StreamLook } from '../../../src/runtime/insides.ts'
import type { LaterContext, View } from '../view.ts'
import { makeTable } from './table.ts'
import { keptWordsOf } from './words.ts'

const TONES: Record<string, string> = { live: 'good', reset: 'bad', refused: 'bad', waiting: 'off' }

export function makeStreams(context: LaterContext): View {
  const { observed, words, redact } = context
  const { el, setText, fillIn } = context.kit
  const own = keptWordsOf(words)
  const note = el('p', { class: 'note' })
  const table = makeTable<StreamLook>(
    context,
    words.streams,
    'streams-table',
    [
      { name: 'topic', title: own.topic, text: ({ topic }) => redact(topic) },
      { name: 'status', title: own.status, text: ({ status }) => own.followings[status] || status },
      { name: 'offset', title: own.position, text: ({ position }) => (position ? String(position.offset) : '—') },
      { name: 'epoch', title: own.epoch, text: ({ position }) => position?.epoch || '—' },
      { name: 'readers', title: own.readers, text: ({ readers }) => String(readers) },
    ],
    ({ status }) => TONES[status] || 'busy',
  )
  return {
    element: el('section', { class: 'listed' }, note, table.element),
    update() {
      const all = observed.session?.streams() || []
      const live = all.filter(({ status }) => status === 'live').length
      setText(note, fillIn(own.liveOf, live, all.length))
      table.update(all)
    },
  }
}
