/**
 * Owns the retry schedule as options would have it: each wait with its spread, where the circuit opens, where it gives up.
 * Drawn, and computed by the engine's own function. Must never wait.
 */

import { backoffDelay, type Settings } from '../../../src/index.ts'
import { setAttribute, svg } from '../dom.ts'
import { duration } from '../figures.ts'

export interface Wait {
  readonly attempt: number
  readonly least: number
  readonly most: number
  /** The circuit opens instead of this wait. */
  readonly opens: boolean
}

/** The first waits after a loss, of a server that stays away. */
export function waitsOf(settings: Settings, attempts = 12): Wait[] {
  const { maxRetries, circuitBreaker } = settings
  const threshold = circuitBreaker ? circuitBreaker.failureThreshold : Infinity
  const waits: Wait[] = []
  let [low, high] = [settings.baseDelay, settings.baseDelay]
  for (let attempt = 1; attempt <= Math.min(attempts, maxRetries); attempt++) {
    if (circuitBreaker && attempt % threshold === 0) {
      const { resetTimeout, resetJitter } = circuitBreaker
      waits.push({ attempt, least: resetTimeout, most: resetTimeout * (1 + resetJitter), opens: true })
      // What follows depends on how its trials end.
      break
    }
    low = backoffDelay(attempt, settings, 0, low)
    high = backoffDelay(attempt, settings, 0.999999, high)
    waits.push({ attempt, least: low, most: high, opens: false })
  }
  return waits
}

const [WIDTH, HEIGHT, ROW] = [420, 12, 20]

export function makeSchedule(label: string, words: { readonly opens: string; readonly gaveUp: string }) {
  const element = svg('svg', { class: 'schedule', role: 'img', 'aria-label': label })
  return {
    element,
    draw(settings: Settings): void {
      const waits = waitsOf(settings)
      const longest = Math.max(1, ...waits.map(({ most }) => most))
      const bar = 230
      const isOver = settings.maxRetries <= waits.length && !waits[waits.length - 1]?.opens
      const rows = waits.map(({ attempt, least, most, opens }, n) => {
        const x = (ms: number) => (ms / longest) * bar
        const range = Math.round(least) === Math.round(most) ? duration(most) : `${duration(least)} – ${duration(most)}`
        return svg(
          'g',
          { transform: `translate(0 ${n * ROW + 4})`, class: opens ? 'opens' : '' },
          svg('text', { x: 22, y: HEIGHT - 1, 'text-anchor': 'end', class: 'label' }, String(attempt)),
          svg('rect', { x: 30, width: Math.max(1, x(least)), height: HEIGHT, rx: 2, class: 'least' }),
          svg('rect', {
            x: 30 + x(least),
            width: Math.max(0.5, x(most - least)),
            height: HEIGHT,
            rx: 2,
            class: 'most',
          }),
          svg('text', { x: 36 + x(most), y: HEIGHT - 1 }, opens ? `${words.opens}: ${range}` : range),
        )
      })
      if (isOver)
        rows.push(
          svg(
            'g',
            { transform: `translate(0 ${waits.length * ROW + 4})`, class: 'opens' },
            svg('text', { x: 30, y: HEIGHT - 1 }, words.gaveUp),
          ),
        )
      const height = (rows.length || 1) * ROW + 6
      setAttribute(element, 'viewBox', `0 0 ${WIDTH} ${height}`)
      element.replaceChildren(...rows)
    },
  }
}
