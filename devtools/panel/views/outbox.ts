/**
 * Owns the look at an outbox: each message and what became of it, numbers, window, limits, and which tab drains. Must never
 * change it.
 */

import type { EntryLook } from '../../../src/runtime/insides.ts'
import { el, setAttribute, setText } from '../dom.ts'
import { count, duration, size } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeFacts, makeMeter } from './facts.ts'
import { makeTable, previewOf } from './table.ts'

const TONES: Record<string, string> = {
  storing: 'busy',
  stored: 'busy',
  sent: 'good',
  uncertain: 'bad',
  refused: 'bad',
}

export function makeOutbox({ observed, words, redact }: ViewContext): View {
  const { client, session } = observed
  const now = () => (client.options.clock || Date).now()
  const facts = makeFacts()
  const waiting = makeMeter(words.waiting)
  const bytes = makeMeter(words.bytesOf)
  const underWay = makeMeter(words.underWay)
  const note = el('p', { class: 'note' })
  const limited = (told: string, most: number | undefined, say: (most: number) => string) =>
    most === undefined ? told : `${told} ${fillIn(words.limit, say(most))}`
  const ending = ({ status, isHeld, why }: EntryLook) => {
    const told = words.deliveries[isHeld ? 'held' : status] || status
    return why ? `${told}: ${redact(why)}` : told
  }
  const table = makeTable<EntryLook>(
    words.outbox,
    'outbox-table',
    [
      { name: 'n', title: words.number, text: ({ n }) => (n < 0 ? '—' : String(n)) },
      { name: 'status', title: words.status, text: ending },
      { name: 'size', title: words.size, text: (entry) => (entry.size === undefined ? '—' : size(entry.size)) },
      { name: 'age', title: words.age, text: ({ at }) => duration(Math.max(0, now() - at)) },
      { name: 'data', title: words.message, text: ({ data }) => previewOf(data, redact, words.binary) },
    ],
    ({ status, isHeld }) => (isHeld ? 'bad' : TONES[status] || 'off'),
  )
  const element = el(
    'section',
    { class: 'kept' },
    el(
      'div',
      {},
      facts.element,
      el('div', { class: 'meters' }, waiting.element, bytes.element, underWay.element),
      note,
    ),
    table.element,
  )
  return {
    element,
    update() {
      const outbox = session?.outbox
      if (!outbox) return
      const look = outbox.figures()
      const { isLeading, acked, sent = 0, next, window, pause } = look
      const drains = isLeading === undefined ? words.noTab : isLeading ? words.thisTab : words.otherTab
      if (look.name !== undefined) {
        facts.set(words.outboxName, redact(look.name))
        facts.set(words.drainedBy, drains)
      }
      facts.set(words.kept, look.isDurable ? words.untilAcked : words.untilReload)
      if (acked !== undefined && next !== undefined) {
        facts.set(words.ackedTo, String(acked))
        facts.set(words.sentTo, String(sent))
        facts.set(words.nextNumber, String(next))
      }
      waiting.show(look.size, look.maxMessages, limited(String(look.size), look.maxMessages, count))
      bytes.show(look.bytes, look.maxBytes, limited(size(look.bytes), look.maxBytes, size))
      const away = Math.max(0, sent - (acked ?? 0))
      underWay.show(away, window, limited(String(away), window, count))
      underWay.element.hidden = window === undefined
      setText(note, pause ? fillIn(words.paused, duration(pause)) : look.size ? '' : words.nothingWaits)
      setAttribute(element, 'data-leading', String(isLeading))
      table.update(outbox.entries())
    },
  }
}
