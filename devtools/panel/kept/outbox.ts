/**
 * Owns the look at an outbox: each message and what became of it, numbers, window, limits, and which tab drains. What was not
 * taken is sent again or forgotten by a button. Must never do so by itself.
 */

import type { EntryLook } from '../../../src/runtime/insides.ts'
import type { LaterContext, View } from '../view.ts'
import { makeTable, previewOf } from './table.ts'
import { keptWordsOf } from './words.ts'

const TONES: Record<string, string> = {
  storing: 'busy',
  stored: 'busy',
  sent: 'good',
  uncertain: 'bad',
  refused: 'bad',
}

export function makeOutbox(context: LaterContext): View {
  const { observed, words, redact } = context
  const { el, setText, setAttribute, count, duration, size, fillIn, makeFacts, makeMeter } = context.kit
  const own = keptWordsOf(words)
  const { client, session } = observed
  const now = () => (client.options.clock || Date).now()
  const facts = makeFacts()
  const waiting = makeMeter(words.waiting)
  const bytes = makeMeter(own.bytesOf)
  const underWay = makeMeter(own.underWay)
  const note = el('p', { class: 'note' })
  const limited = (told: string, most: number | undefined, say: (most: number) => string) =>
    most === undefined ? told : `${told} ${fillIn(words.limit, say(most))}`
  const ending = ({ status, isHeld, why }: EntryLook) => {
    const name = isHeld ? 'held' : status
    const told = own.deliveries[name] || name
    return why ? `${told}: ${redact(why)}` : told
  }
  const canAct = ({ status, isHeld }: EntryLook) => isHeld || status === 'refused' || status === 'expired'
  /** Where the store fails, the message stays as it was, which is seen here: no fault of the panel's. */
  const act = (way: 'retry' | 'discard', sign: string) => ({
    ...{ name: way, title: '', sign, text: (entry: EntryLook) => (canAct(entry) ? own[way] : '') },
    press: ({ n }: EntryLook) => void session?.outbox?.[way]?.(n).catch(() => {}),
  })
  const table = makeTable<EntryLook>(
    context,
    words.outbox,
    'outbox-table',
    [
      { name: 'n', title: own.number, text: ({ n }) => (n < 0 ? '—' : String(n)) },
      { name: 'status', title: own.status, text: ending },
      { name: 'size', title: own.size, text: (entry) => (entry.size === undefined ? '—' : size(entry.size)) },
      { name: 'age', title: own.age, text: ({ at }) => duration(Math.max(0, now() - at)) },
      { name: 'data', title: own.message, text: ({ data }) => previewOf(data, redact, words.binary) },
      act('retry', '↻'),
      act('discard', '×'),
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
      const drains = isLeading === undefined ? own.noTab : isLeading ? own.thisTab : own.otherTab
      if (look.name !== undefined) {
        facts.set(own.outboxName, redact(look.name))
        facts.set(own.drainedBy, drains)
      }
      facts.set(own.kept, look.isDurable ? own.untilAcked : own.untilReload)
      if (acked !== undefined && next !== undefined) {
        facts.set(own.ackedTo, String(acked))
        facts.set(own.sentTo, String(sent))
        facts.set(own.nextNumber, String(next))
      }
      waiting.show(look.size, look.maxMessages, limited(String(look.size), look.maxMessages, count))
      bytes.show(look.bytes, look.maxBytes, limited(size(look.bytes), look.maxBytes, size))
      const away = Math.max(0, sent - (acked ?? 0))
      underWay.show(away, window, limited(String(away), window, count))
      underWay.element.hidden = window === undefined
      setText(note, pause ? fillIn(own.paused, duration(pause)) : look.size ? '' : own.nothingWaits)
      setAttribute(element, 'data-leading', isLeading)
      table.update(outbox.entries())
    },
  }
}
