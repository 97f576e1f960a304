/**
 * Owns the timeline: lanes under one axis, zoom, moving back, and the brush whose span filters the frames. Drawn as SVG,
 * which takes its colours from the style sheet, is sharp at any scale and needs a handful of attributes per sample.
 * Must never compute a shape: that is lanes.ts.
 */

import { button, el, setAttribute, setText, svg } from '../dom.ts'
import { count, duration, timeOfDay } from '../figures.ts'
import type { View, ViewContext } from '../view.ts'
import { fillIn } from '../words.ts'
import { bandsOf, barsOf, dotsOf, ticksOf, type Window } from './lanes.ts'

const SPANS = [10, 30, 60, 120, 300, 600].map((seconds) => seconds * 1000)
/** Top and height of each lane. */
const LANES = { state: [0, 22], circuit: [28, 10], trips: [46, 34], received: [88, 38], sent: [134, 38] } as const
const HEIGHT = 196

export function makeTimeline({ observed, history, words, model, show }: ViewContext): View {
  const { wallOffset } = observed.recorder
  let span = 1
  /** The right end, or undefined: it follows the time. */
  let end: number | undefined
  let drag: { from: number; to: number } | undefined
  let window: Window = { from: 0, to: 1, width: 600 }

  const lane = (name: keyof typeof LANES, label: string) => {
    const [top, height] = LANES[name]
    const text = svg('text', { x: 4, y: top + Math.min(height, 12) - 1, class: 'label' }, label)
    return { group: svg('g', { transform: `translate(0 ${top})`, class: name }), text }
  }
  const state = lane('state', words.state)
  const circuit = lane('circuit', words.circuit)
  const trips = lane('trips', words.roundTrip)
  const received = lane('received', words.received)
  const sent = lane('sent', words.sent)
  const shapes = [trips, received, sent].map(({ group }) => {
    const path = svg('path')
    group.append(path)
    return path
  }) as [SVGPathElement, SVGPathElement, SVGPathElement]
  const axis = svg('g', { class: 'axis' })
  const brush = svg('rect', { class: 'brush', y: 0, height: HEIGHT - 18 })
  const handlers = {
    pointerdown(event: PointerEvent) {
      picture.setPointerCapture?.(event.pointerId)
      drag = { from: timeAt(event), to: timeAt(event) }
      end = window.to
    },
    pointermove(event: PointerEvent) {
      if (drag) drag.to = timeAt(event)
      if (drag) update()
    },
    pointerup() {
      if (!drag) return
      const { from, to } = drag
      drag = undefined
      const isClick = Math.abs(to - from) < (window.to - window.from) / 100
      pick(isClick ? undefined : [Math.min(from, to), Math.max(from, to)])
    },
    wheel(event: WheelEvent) {
      event.preventDefault()
      zoom(Math.sign(event.deltaY))
    },
    keydown(event: KeyboardEvent) {
      const step = {
        ArrowLeft: () => move(-0.25),
        ArrowRight: () => move(0.25),
        '+': () => zoom(-1),
        '-': () => zoom(1),
      }
      const act = (step as Record<string, (() => void) | undefined>)[event.key]
      if (!act) return
      event.preventDefault()
      act()
    },
  }
  const picture: SVGSVGElement = svg(
    'svg',
    { ...{ class: 'lanes', height: HEIGHT, tabindex: 0, role: 'img', 'aria-label': words.lanes }, ...handlers },
    axis,
    ...[state, circuit, trips, received, sent].flatMap(({ group, text }) => [group, text]),
    brush,
  )
  const scale = el('output', { class: 'soft' })
  const live = button(words.live, () => ((end = undefined), update()))
  const picked = button('', () => show('frames'), { class: 'accent' })
  const clear = button(words.clearSpan, () => pick(undefined))
  const zoom = (by: number) => {
    span = Math.min(SPANS.length - 1, Math.max(0, span + by))
    update()
  }
  const move = (by: number) => {
    const to = window.to + by * (window.to - window.from)
    end = to >= history.now() ? undefined : to
    update()
  }
  const pick = (chosen: typeof model.span) => {
    model.span = chosen
    update()
  }
  const sign = (label: string, text: string, click: () => void) =>
    button(text, click, { 'aria-label': label, title: label })

  const timeAt = (event: PointerEvent) =>
    window.from + ((event.clientX - picture.getBoundingClientRect().left) / window.width) * (window.to - window.from)
  const element = el(
    'section',
    { class: 'timeline' },
    el(
      'div',
      { class: 'tools' },
      sign(words.earlier, '‹', () => move(-0.5)),
      live,
      sign(words.zoomOut, '−', () => zoom(1)),
      sign(words.zoomIn, '+', () => zoom(-1)),
      scale,
      picked,
      clear,
    ),
    el('div', { class: 'figure' }, picture),
  )
  const bands = (group: SVGElement, nameOf: Parameters<typeof bandsOf>[1], height: number) => {
    const now = history.now()
    group.replaceChildren(
      ...bandsOf(history.phases, nameOf, now, window).map(({ x, width, name, at, ms }) =>
        svg(
          'g',
          {},
          svg('rect', { x, width, height, rx: 2, 'data-name': name }),
          svg('title', {}, `${name} · ${timeOfDay(at + wallOffset)} · ${duration(ms)}`),
          width > name.length * 7 + 8 && height > 14
            ? svg('text', { x: x + width / 2, y: height / 2 + 4, 'text-anchor': 'middle' }, name)
            : undefined,
        ),
      ),
    )
  }

  function update(): void {
    const width = Math.max(200, picture.clientWidth || 600)
    const to = end ?? history.now()
    window = { from: to - (SPANS[span] as number), to, width }
    setAttribute(live, 'aria-pressed', end === undefined)
    setText(scale, duration(SPANS[span] as number))
    bands(state.group, ({ phase }) => phase, LANES.state[1])
    bands(circuit.group, (change) => change.circuit, LANES.circuit[1])
    const rate = (most: number) => `${count(most * 4)}${words.perSecond}`
    const drawn = [
      dotsOf(history.roundTrips, window, LANES.trips[1]),
      barsOf(history.samples, 'received', window, LANES.received[1]),
      barsOf(history.samples, 'sent', window, LANES.sent[1]),
    ] as const
    for (const [n, { path }] of drawn.entries()) setAttribute(shapes[n] as Element, 'd', path)
    // The most of nothing is no figure.
    const say = (label: string, { path, most }: (typeof drawn)[number], told: (most: number) => string) =>
      path ? `${label} ≤ ${told(most)}` : label
    setText(trips.text, say(words.roundTrip, drawn[0], duration))
    setText(received.text, say(words.received, drawn[1], rate))
    setText(sent.text, say(words.sent, drawn[2], rate))
    axis.replaceChildren(
      ...ticksOf(window).flatMap(({ x, ago }) => [
        svg('line', { x1: x, x2: x, y1: 0, y2: HEIGHT - 18 }),
        svg(
          'text',
          { x, y: HEIGHT - 4, 'text-anchor': x > width - 30 ? 'end' : 'middle' },
          timeOfDay(to - ago + wallOffset, false),
        ),
      ]),
    )
    const shown = drag ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)] : model.span
    const x = (time: number) => Math.min(width, Math.max(0, ((time - window.from) / (to - window.from)) * width))
    setAttribute(brush, 'x', shown ? x(shown[0] as number) : 0)
    setAttribute(brush, 'width', shown ? x(shown[1] as number) - x(shown[0] as number) : 0)
    picked.hidden = clear.hidden = !model.span
    if (model.span) setText(picked, fillIn(words.span, duration(model.span[1] - model.span[0])))
  }

  return { element, update }
}
