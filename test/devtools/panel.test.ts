// @vitest-environment jsdom

/**
 * The panel on a page: what its views show and do, and what becomes of it when one of them fails. How it looks, and whether
 * everybody can use it, is tested in Chromium.
 */

import { expect, it, vi } from 'vitest'
import { Desk } from '../../devtools/desk.ts'
import { mount } from '../../devtools/panel/mount.ts'
import { views } from '../../devtools/panel/views.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { createWorld } from '../../testing/index.ts'
import { freshPages, stage } from './panel-scene.ts'

freshPages()

it('now: the living phase, what comes next and when, why it is down, and no secret', async () => {
  const { world, client, root, tick, text, find } = await stage()
  expect(text('[data-lit=true]')).toBe('idle')
  expect(text('.next')).toContain('Nothing, until connect()')
  client.connect()
  await tick()
  expect(text('[data-lit=true]')).toBe('connecting')
  expect(text('.next')).toContain('Gives up this attempt in 10.0 s')
  world.socket.refuse()
  world.advance(400)
  await tick()
  expect([text('[data-lit=true]'), text('.state')]).toEqual(['waiting', 'CLOSED'])
  expect(text('.next')).toContain('Dials again in 600 ms')
  expect(find('.why').dataset.code).toBe('HANDSHAKE_FAILED')
  expect(text('.circuit')).toContain('1 of 5 failures')
  expect(root.querySelector('[data-taken=true]')).not.toBeNull()
  world.advance(600)
  world.socket.accept()
  await tick()
  expect(text('.next')).toContain('Counts as a success in 5.0 s')
  world.advance(5000)
  await tick()
  expect(text('.next')).toContain('Sends a ping in 25.0 s')
  expect(text('.why')).toBe('Nothing is wrong.')
  client.openCircuit(9000)
  await tick()
  expect([text('.why'), find('.now').dataset.tone]).toEqual(['Last close: 1000 circuit opened', 'bad'])
  expect(root.textContent).not.toMatch(/secret|pw/)
})

it('frames: filters, picks, opens JSON on demand, and says how many older ones were dropped', async () => {
  const { world, client, tick, text, all, find, open } = await stage({}, 20)
  client.connect()
  world.socket.accept()
  for (let n = 0; n < 30; n++) world.socket.receive(`{"n":${n},"deep":{"list":[1,2]}}`)
  client.send('hello')
  await open('frames')
  expect(text('.note')).toMatch(/^1\d older ones dropped$/)
  const rows = () => all('.row:not([hidden])').map((row) => row.querySelector('.data')?.textContent)
  expect(rows().at(-1)).toBe('hello')
  const search = find('input[type=search]') as HTMLInputElement
  search.value = '"n":29'
  search.dispatchEvent(new Event('input'))
  expect(rows()).toEqual(['{"n":29,"deep":{"list":[1,2]}}'])
  all('.row:not([hidden])')[0]?.click()
  expect(text('.detail')).toContain('30 characters')
  const [top, deep] = all('.detail details') as HTMLDetailsElement[]
  expect([top?.open, deep?.open, deep?.querySelector('.twigs')?.childElementCount]).toEqual([true, false, 0])
  ;(deep as HTMLDetailsElement).open = true
  deep?.dispatchEvent(new Event('toggle'))
  expect(deep?.textContent).toContain('list: [2]')
  search.value = ''
  const direction = find('.tools select') as HTMLSelectElement
  direction.value = 'sent'
  direction.dispatchEvent(new Event('change'))
  expect(rows()).toEqual(['hello'])
  find('.rows').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }))
  expect(text('.detail')).toContain('hello')
  await tick()
})

it('timeline: a span that is dragged filters the frames, until it is cleared', async () => {
  const { world, client, all, find, open, text, tick } = await stage()
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000)
  client.connect()
  world.socket.accept()
  world.socket.receive('early')
  world.advance(20_000)
  world.socket.receive('late')
  await open('timeline')
  expect(all('.state title').map((title) => title.textContent?.split(' ')[0])).toEqual(
    expect.arrayContaining(['idle', 'open']),
  )
  const drag = (type: string, clientX: number) =>
    find('.lanes').dispatchEvent(Object.assign(new Event(type), { clientX, pointerId: 1 }))
  drag('pointerdown', 600)
  drag('pointermove', 1000)
  drag('pointerup', 1000)
  await tick()
  expect(text('.tools .accent')).toBe('Frames from 12.0 s')
  find('.tools .accent').click()
  await tick()
  const rows = () => all('.row:not([hidden])').map((row) => row.querySelector('.data')?.textContent)
  expect(rows()).toEqual(['late'])
  all('.tools button').at(-1)?.click()
  expect(rows()).toContain('early')
})

it('options: a slider changes the running client, the change can be copied and taken back', async () => {
  const { client, all, find, text, open } = await stage({ maxDelay: 30_000 })
  await open('options')
  const copied: string[] = []
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: async (code: string) => copied.push(code) } })
  const set = (label: string, position: string) => {
    const slider = find(`input[aria-label="${label}"]`) as HTMLInputElement
    slider.value = position
    slider.dispatchEvent(new Event('input'))
  }
  set('maxRetries', '100')
  set('circuitBreaker.failureThreshold', '0')
  expect([client.options.maxRetries, client.options.circuitBreaker]).toMatchObject([Infinity, { failureThreshold: 1 }])
  expect(text('.options .tools')).toContain('2 changed')
  expect(all('.schedule .opens')).toHaveLength(1)
  all('.options .tools button')[0]?.click()
  await vi.advanceTimersByTimeAsync(0)
  expect(copied).toEqual(['{\n  maxRetries: Infinity,\n  circuitBreaker: {\n    failureThreshold: 1\n  }\n}'])
  all('.options .tools button')[1]?.click()
  expect([client.options.maxRetries, client.options.circuitBreaker]).toMatchObject([10, { failureThreshold: 5 }])
  vi.unstubAllGlobals()
})

it('break it: what lasts is pressed and in the red bar until it is healed', async () => {
  const { world, client, tick, find, text, open } = await stage()
  client.connect()
  world.socket.accept()
  await open('break')
  find('[data-fault=drop] button').click()
  expect(client.state).toBe('CLOSED')
  const latency = find('[data-fault=latency] button')
  latency.click()
  await tick()
  expect(latency.getAttribute('aria-pressed')).toBe('true')
  expect([find('.bar').hidden, text('.bar span')]).toEqual([false, 'Broken on purpose: latency 400 200'])
  find('[data-fault=hang] button').click()
  latency.click()
  await tick()
  expect(text('.bar span')).toBe('Broken on purpose: hang')
  find('.bar button').click()
  await tick()
  expect(find('.bar').hidden).toBe(true)
})

it('queue and record: what waits and what was dropped; a recording leaves only after a question', async () => {
  const { client, find, text, open } = await stage({ queue: { maxMessages: 2 } })
  for (const word of ['one', 'two', 'three']) client.send(word)
  await open('queue')
  expect(text('.queue')).toMatch(/Waiting2 of 2.*Dropped: overflow 1/)
  await open('record')
  expect([find('.question').hidden, find('.record .faults').hidden]).toEqual([false, true])
  find('.question button').click()
  expect([find('.question').hidden, find('.record .faults').hidden]).toEqual([true, false])
  expect(text('.record')).toContain('entries')
})

it('tabs go round by the arrows, Escape closes and gives the focus back, the other language is one button away', async () => {
  const { root, find, text, tick, all, open } = await stage()
  const press = (key: string) =>
    find('[role=tablist]').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  press('ArrowLeft')
  expect(root.activeElement?.id).toBe('tab-record')
  press('ArrowRight')
  expect(root.activeElement?.id).toBe('tab-now')
  press('Escape')
  expect([find('.frame').hidden, root.activeElement?.className]).toEqual([true, 'launcher'])
  find('.launcher').click()
  expect([find('.frame').hidden, root.activeElement?.id]).toEqual([false, 'tab-now'])
  await open('record')
  find('.question button').click()
  all('.head .end button')[0]?.click()
  await vi.dynamicImportSettled()
  await tick()
  expect(text('[role=tablist]')).toBe('现在时间线消息队列选项故障录制')
  // Another language is the same panel: where it was, what was allowed, and the focus.
  expect([find('[aria-selected=true]').id, find('.question').hidden]).toEqual(['tab-record', true])
  expect(root.activeElement?.textContent).toBe('English')
})

it('picks among several clients, and says so when there is none', async () => {
  const { client, tick, all, find, text } = await stage()
  const world = createWorld()
  const other = new WebSocketReconnect(world.options({ url: 'wss://other.test/' }))
  other.connect()
  await tick()
  const picker = find('.head select') as HTMLSelectElement
  expect(all('.head option').map((option) => option.textContent)).toEqual([
    '1 · wss://example.test/feed',
    '2 · wss://other.test/',
  ])
  expect(text('[data-lit=true]')).toBe('connecting')
  picker.value = '1'
  picker.dispatchEvent(new Event('change'))
  expect(text('[data-lit=true]')).toBe('idle')
  expect(client.state).toBe('CLOSED')
})

it('a view that fails takes nobody along: the page goes on, recording stops, and it can be started again', async () => {
  const { world, client, desk, tick, find, text } = await stage()
  client.connect()
  world.socket.accept()
  desk.all()[0]?.breaker?.break({ fault: 'latency', ms: 10 })
  const [now] = views
  const make = vi.spyOn(now as { make: NonNullable<typeof now>['make'] }, 'make').mockImplementation(() => {
    throw new Error('a view throws')
  })
  find('#tab-frames').click()
  find('#tab-now').click()
  expect(text('[role=alert]')).toContain('The panel has failed')
  expect(text('.text')).toContain('a view throws')
  expect(desk.all()[0]?.breaker?.active).toEqual([])
  world.socket.receive('news')
  expect(
    desk
      .all()[0]
      ?.recorder.entries()
      .some(({ type }) => type === 'received'),
  ).toBe(false)
  make.mockRestore()
  find('.tools button').click()
  await tick()
  expect(text('.state')).toBe('OPEN')
})

it('shows a client of a production build by what its events tell', async () => {
  const here = await stage()
  here.world.settle()
  here.close()
  const world = createWorld()
  const client = new WebSocketReconnect(world.options())
  const registry = (globalThis as never)[Symbol.for('react-websocket-reconnect') as never] as { clients: Set<unknown> }
  registry.clients.clear()
  ;(registry as unknown as { insides: WeakMap<object, unknown> }).insides.delete(client)
  client.tap = () => () => {}
  const desk = new Desk({}, [client])
  const host = document.createElement('div')
  document.body.append(host)
  const { unmount } = mount(host, { desk })
  client.connect()
  world.socket.refuse()
  await vi.advanceTimersByTimeAsync(500)
  const root = host.shadowRoot as ShadowRoot
  expect(root.querySelector('[data-lit=true]')?.textContent).toBe('waiting')
  expect(root.querySelector('.why')?.textContent).toContain('could not open')
  ;(root.querySelector('#tab-break') as HTMLElement).click()
  expect(root.querySelector('.break .note')?.textContent).toContain('cannot be broken')
  unmount()
  desk.close()
})
