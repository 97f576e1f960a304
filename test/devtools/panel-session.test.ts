// @vitest-environment jsdom

/**
 * The panel's views of what a session keeps: outbox, requests under way, streams. They are there once they are in use.
 */

import { expect, it, vi } from 'vitest'
import { chinese } from '../../devtools/panel/words-zh.ts'
import { createPeer } from '../session/stage.ts'
import { freshPages, panelOver } from './panel-scene.ts'

freshPages()

const redact = (text: string) => text.replace(/secret/g, '…')

/** A session whose server a test plays, and the open panel over it. */
async function stage(maxMessages = 40) {
  const peer = createPeer({ outbox: { name: 'chat:ann', maxMessages } })
  const { made: session, ...panel } = await panelOver(() => peer.tab({ window: 4 }), { redact })
  return { ...peer, ...panel, session, tabs: () => panel.all('[role=tab]').map(({ id }) => id.slice(4)) }
}

it('lists a view once there is something in it, and keeps it', async () => {
  const { session, tabs, tick, welcome, run } = await stage()
  const [before, after] = [
    ['now', 'timeline', 'frames', 'queue'],
    ['options', 'break', 'record'],
  ]
  expect(tabs()).toEqual([...before, 'outbox', ...after])
  const stop = session.follow('room', { onEvent() {} })
  session.connect()
  await welcome()
  session.request('who').catch(() => {})
  await tick()
  expect(tabs()).toEqual([...before, 'outbox', 'requests', 'streams', ...after])
  stop()
  session.close()
  await run(5000)
  await tick()
  expect(tabs()).toEqual([...before, 'outbox', 'requests', 'streams', ...after])
})

it('outbox: each message and what became of it, numbers, window, who drains', async () => {
  const { session, open, welcome, say, tick, cells, facts, text, find, root } = await stage()
  await open('outbox')
  for (let n = 1; n <= 6; n++) session.send({ text: `a secret ${n}` })
  find('#tab-outbox').click()
  expect(cells().map(([n, status]) => [n, status])).toEqual(Array(6).fill(['—', 'storing']))
  expect(facts()).toMatchObject({
    Name: 'chat:ann',
    'Drained by': 'nobody without a connection',
    Kept: 'until the page goes',
  })
  session.connect()
  await welcome()
  await say({ a: 2, x: [[1, 'a secret reason']] })
  await tick()
  expect(cells().map(([n, status, , , data]) => [n, status, data])).toEqual([
    ['1', 'refused: a … reason', '{"text":"a … 1"}'],
    ...['3', '4', '5', '6'].map((n) => [n, 'sent', `{"text":"a … ${n}"}`]),
  ])
  expect(cells()[1]?.[2]).toMatch(/^\d+ B$/)
  expect(facts()).toMatchObject({
    ...{ 'Drained by': 'this tab', 'Acknowledged to': '2', 'Sent to': '6', 'Next number': '7' },
  })
  expect(text('.meters')).toMatch(/Waiting4 of 40.*Under way4 of 4/)
  await say({ w: 3, ms: 2000 })
  await tick()
  expect(text('.note')).toBe('It pauses, and goes on in 2.0 s.')
  expect(root.textContent).not.toContain('secret')
})

it('outbox: what was refused is sent again, or forgotten, by a button in its row', async () => {
  const { session, open, welcome, say, tick, cells, all } = await stage()
  for (const text of ['one', 'two', 'three']) session.send({ text })
  session.connect()
  await welcome()
  await say({
    a: 2,
    x: [
      [1, 'no'],
      [2, 'no'],
    ],
  })
  await open('outbox')
  const statuses = () => cells().map(([n, status]) => `${n} ${status}`)
  expect(statuses()).toEqual(['1 refused: no', '2 refused: no', '3 sent'])
  const buttons = (row: number) =>
    [...(all('.table .rows .row')[row]?.querySelectorAll('button') ?? [])].filter(({ hidden }) => !hidden)
  expect([0, 1, 2].map((row) => buttons(row).map(({ ariaLabel }) => ariaLabel))).toEqual([
    ['Retry', 'Discard'],
    ['Retry', 'Discard'],
    [],
  ])
  buttons(0)[1]?.click()
  await tick()
  expect(statuses()).toEqual(['2 refused: no', '3 sent'])
  buttons(0)[0]?.click()
  await tick()
  expect(statuses()).toEqual(['3 sent', '4 sent'])
  expect(buttons(0)).toEqual([])
})

it('outbox: a thousand messages are as many rows as fit', async () => {
  const { session, open, all, world, text } = await stage(1000)
  for (let n = 0; n < 1000; n++) session.send(n)
  await world.settle()
  await open('outbox')
  expect(text('.meters')).toContain('Waiting1000 of 1000')
  expect(all('.table .rows .row').length).toBeLessThan(20)
})

it('outbox: of a session of a production build, what everybody may see', async () => {
  const peer = createPeer()
  const { open, cells, facts, text, find } = await panelOver(
    () => {
      const session = peer.tab()
      // Nothing announces itself there.
      delete (globalThis as never)[Symbol.for('react-websocket-reconnect') as never]
      session.send('hello')
      return session
    },
    {},
    { given: (session) => [session] },
  )
  await open('outbox')
  expect(cells().map(([n, status, size, , data]) => [n, status, size, data])).toEqual([['1', 'waiting', '—', 'hello']])
  expect(facts()).toEqual({ Kept: 'until the page goes' })
  expect(text('.meters')).toMatch(/^Waiting1Bytes\d+ B/)
  expect(find('.meters > :last-child').hidden).toBe(true)
})

it('begins in the language it is given, whatever the browser speaks', async () => {
  const peer = createPeer()
  const { text, find } = await panelOver(() => peer.tab(), {}, { language: 'zh' })
  expect(find('.panel').lang).toBe('zh')
  expect(text('[role=tab]')).toBe(chinese.now)
})

it('styles come with the page’s nonce where none can be adopted, those of a session once', async () => {
  const peer = createPeer()
  const { open, all } = await panelOver(() => peer.tab(), {}, { styleNonce: 'once' })
  for (const tab of ['outbox', 'now', 'outbox']) await open(tab)
  const styles = all('style') as HTMLStyleElement[]
  expect(styles.map(({ nonce }) => nonce)).toEqual(['once', 'once'])
  expect(styles[1]?.textContent).toContain('.kept')
})

it('requests: id, age, what is left and what a lost connection means, while they are under way', async () => {
  const { session, open, tick, cells, text, run, world, tabs } = await stage()
  const timeout = 9000
  session.request({ ask: 'secret' }, { whenLost: 'resend', timeout }).catch(() => {})
  await tick()
  expect(tabs()).toContain('requests')
  await run(500)
  await open('requests')
  const [[id, ...row] = []] = cells()
  expect(Number(id)).toBeGreaterThan(0)
  expect(row).toEqual(['waiting', '500 ms', '8.5 s', 'resend', expect.stringContaining('{"ask":"…"}')])
  expect(text('.note')).toBe('1 under way, 1 asked in all.')
  await run(9000)
  await tick()
  expect([cells(), text('.note')]).toEqual([[], '0 under way, 1 asked in all.'])
  expect(world.sockets).toEqual([])
})

it('streams: topic, status and position', async () => {
  const { session, open, welcome, say, cells, text, find, all, tick } = await stage()
  session.follow('room:secret', { onEvent() {} })
  session.follow('other', { onEvent() {} })
  session.connect()
  await welcome()
  await say({ s: 'room:secret', r: false, e: 'e1', o: 7 })
  await tick()
  await open('streams')
  expect(cells()).toEqual([
    ['room:…', 'live', '7', 'e1', '1'],
    ['other', 'catching up', '—', '—', '1'],
  ])
  expect(text('.note')).toBe('1 of 2 live.')
  expect(find('.rows .row').dataset.tone).toBe('good')
  all('.head .end button')[0]?.click()
  await vi.dynamicImportSettled()
  await tick()
  await open('streams')
  expect(cells().map(([, status]) => status)).toEqual(['实时', '追赶中'])
})
