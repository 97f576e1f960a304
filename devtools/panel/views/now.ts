/**
 * Owns the first look: which phase it is in, what comes next and when, why it is down, and the figures of this moment. Must
 * never tell an address with its query.
 */

import type { Snapshot } from '../../../src/index.ts'
import { shownUrl } from '../../desk.ts'
import { el, setAttribute, setText } from '../dom.ts'
import { count, duration, size } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { makeChart } from './chart.ts'
import { makeFacts } from './facts.ts'

/** The colour of a state. */
export function toneOf({ state, status }: Pick<Snapshot, 'state' | 'status'>): string {
  if (state === 'OPEN') return 'good'
  if (state === 'FAILED' || state === 'BLOCKED') return 'bad'
  return state === 'CONNECTING' || status === 'waiting' ? 'busy' : 'off'
}

export function makeNow({ observed, history, words }: ViewContext): View {
  const { client, version } = observed
  const chart = makeChart(words.chart)
  const state = el('strong', { class: 'state' })
  const status = el('span', { class: 'soft' })
  const next = el('span')
  const countdown = el('strong', { class: 'countdown' })
  const why = el('p', { class: 'why' })
  const lamp = el('span', { class: 'lamp' })
  const circuit = el('span')
  const facts = makeFacts()
  const element = el(
    'section',
    { class: 'now' },
    el('div', { class: 'figure' }, chart.element),
    el(
      'div',
      { class: 'says' },
      el('p', { class: 'headline' }, el('span', { class: 'dot' }), state, ' ', status),
      el('p', { class: 'next' }, el('span', { class: 'soft' }, words.next), ' ', next, ' ', countdown),
      why,
      el('p', { class: 'circuit' }, lamp, el('span', { class: 'soft' }, words.circuit), ' ', circuit),
      facts.element,
    ),
  )

  const nextOf = () => {
    const { latest, phase } = history
    if (phase !== 'open' || !latest) return phase
    const { after } = latest
    if (after.until === Infinity) return 'openWithout'
    return !after.stable && after.until === after.openedAt + client.options.minUptime ? 'proof' : 'open'
  }

  return {
    element,
    update() {
      const snapshot = client.getSnapshot()
      const stats = client.getStats()
      setAttribute(element, 'data-tone', toneOf(snapshot))
      setText(state, snapshot.state)
      setText(status, snapshot.status === snapshot.state.toLowerCase() ? '' : snapshot.status)
      chart.update(history.phase, history.lastStep)

      setText(next, words.nexts[nextOf()] ?? '')
      const { remaining } = history
      setText(
        countdown,
        remaining === Infinity ? '' : remaining <= 0 ? words.due : fillIn(words.in, duration(remaining)),
      )
      const { error, lastClose: close } = snapshot
      const ended = close && `${close.code} ${close.reason}`.trim()
      const isWell = !error && /^(open|idle|closed|connecting|closing)$/.test(snapshot.status)
      setText(why, error ? error.message : isWell || !ended ? words.nothingWrong : `${words.lastClose}: ${ended}`)
      setAttribute(why, 'data-code', error ? error.code : isWell ? '' : 'CLOSE')

      setAttribute(lamp, 'data-circuit', snapshot.circuitState)
      const { failureThreshold, circuitFailures } = stats
      const halfOpens =
        snapshot.halfOpenAt === null
          ? ''
          : ` · ${fillIn(words.halfOpens, duration(Math.max(0, snapshot.halfOpenAt - (client.options.clock || Date).now())))}`
      const failures = fillIn(words.failures, circuitFailures, count(failureThreshold))
      setText(circuit, `${snapshot.circuitState} · ${failures}${halfOpens}`)

      facts.set(words.address, shownUrl(client.url) || '—')
      facts.set(words.retries, fillIn(words.of, snapshot.retryCount, count(stats.maxRetries)))
      facts.set(words.uptime, stats.uptime ? duration(stats.uptime) : '—')
      facts.set(words.roundTrip, stats.latency === null ? '—' : duration(stats.latency))
      facts.set(words.messages, fillIn(words.inOut, count(stats.messagesReceived), count(stats.messagesSent)))
      facts.set(words.buffered, size(stats.bufferedAmount))
      facts.set(words.lastClose, ended || '—')
      facts.set(words.version, version || '—')
    },
  }
}
