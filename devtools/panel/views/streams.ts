/** Owns the look at the topics that are followed: where each stands, and why it is not live. Must never follow one. */

import type { StreamLook } from '../../../src/runtime/insides.ts'
import { el, setText } from '../dom.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeTable } from './table.ts'

const TONES: Record<string, string> = { live: 'good', reset: 'bad', refused: 'bad', waiting: 'off' }

export function makeStreams({ observed, words, redact }: ViewContext): View {
  const note = el('p', { class: 'note' })
  const table = makeTable<StreamLook>(
    words.streams,
    'streams-table',
    [
      { name: 'topic', title: words.topic, text: ({ topic }) => redact(topic) },
      { name: 'status', title: words.status, text: ({ status }) => words.followings[status] || status },
      { name: 'offset', title: words.position, text: ({ position }) => (position ? String(position.offset) : '—') },
      { name: 'epoch', title: words.epoch, text: ({ position }) => position?.epoch || '—' },
      { name: 'readers', title: words.readers, text: ({ readers }) => String(readers) },
    ],
    ({ status }) => TONES[status] || 'busy',
  )
  return {
    element: el('section', { class: 'listed' }, note, table.element),
    update() {
      const all = observed.session?.streams() || []
      const live = all.filter(({ status }) => status === 'live').length
      setText(note, fillIn(words.liveOf, live, all.length))
      table.update(all)
    },
  }
}
