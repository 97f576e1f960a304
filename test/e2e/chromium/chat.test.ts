/**
 * The chat in a real Chromium, with a real server that is broken in every way the page offers, and one more: SIGKILL.
 * Every scenario ends with the same question: does everybody show the same messages, each once, in one order? On the
 * way the badge is held against what the server itself says.
 */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import type { DemoServerStatus, FaultName } from '../../../demo/server/status.ts'
import { interactive } from '../../../src/index.ts'
import { type Badge, openStage, patience, expectSame as same, type Visitor } from './stage.ts'

type Stage = Awaited<ReturnType<typeof openStage>>

/** Clocks of two processes, and their resolution, ms. How late a timer is depends on the machine, and nothing here on that. */
const slack = 50

/** The marks of a message that was kept, and its writer did not know when the line broke. */
const keptUnknown = /^(waiting )?sent waiting (sent )?delivered$/

/** The figures of a run, for whoever reads its output. */
const report = (figures: Record<string, unknown>) => console.log(JSON.stringify(figures))

/** The badge of a page that is connected, against the server's view of that very connection. */
async function expectConnected(stage: Stage, visitor: Visitor, roundTrip: { min: number; max: number }): Promise<void> {
  let badge!: Badge
  let status!: DemoServerStatus
  await expect
    .poll(async () => {
      // The server's view before and after: what the page says lies between.
      const before = await stage.status()
      badge = await visitor.badge()
      status = (await stage.status()) as DemoServerStatus
      const { roundTrip: ms, uptime, at } = badge
      const opened = before?.connections.find(({ nick }) => nick === visitor.nick)?.openedAt ?? Number.NaN
      return {
        isQuickEnough: ms !== null && ms >= roundTrip.min && ms < roundTrip.max,
        // As it was when it was shown; the page samples once a second, and the server has it open a moment sooner.
        isAsLong: Math.abs((uptime ?? Number.NaN) - (at - opened)) < 2000,
      }
    }, patience)
    .toEqual({ isQuickEnough: true, isAsLong: true })
  expect(badge).toMatchObject({
    state: 'OPEN',
    tone: 'good',
    headline: 'Connected',
    circuit: 'CLOSED',
    retryAt: null,
    button: 'Reconnect',
  })
  const connections = status.connections.filter(({ nick }) => nick === visitor.nick)
  expect(connections).toHaveLength(1)
  const [connection] = connections
  // The round trip shown is one that the server has answered on this connection.
  expect(connection?.pongs).toBeGreaterThan(0)
}

/** Every wait that the badge showed while it was down ended with a try that the server saw, when the badge said. */
async function expectHonestCountdowns(
  visitor: Visitor,
  since: number,
  attempts: number[],
  unseen: { from: number; to: number }[] = [],
): Promise<number> {
  const badges = (await visitor.seen()).badges.filter(({ at }) => at >= since)
  const waits = new Map<number, Badge[]>()
  for (const badge of badges) {
    if (badge.retryAt !== null) waits.set(badge.retryAt, [...(waits.get(badge.retryAt) ?? []), badge])
  }
  let checked = 0
  for (const [retryAt, shown] of waits) {
    for (const [index, { at, countdown, state, headline, tone, circuit }] of shown.entries()) {
      expect([state, headline]).toEqual(state === 'BLOCKED' ? ['BLOCKED', 'Pausing'] : ['CLOSED', 'Connection lost'])
      expect(tone).toBe('bad')
      expect(circuit === 'OPEN').toBe(state === 'BLOCKED')
      // "Next try in 3 s", "A trial in 9 s": what is left, as written, against what is left.
      const left = /in ([\d.]+) s$/.exec(countdown)?.[1]
      expect(left, countdown).toBeDefined()
      // Where it has just been written; it is written anew once a second.
      if (countdown !== shown[index - 1]?.countdown)
        expect(Math.abs(Number(left) * 1000 - (retryAt - at))).toBeLessThan(1500)
    }
    // One that was overtaken by a press of the button, or is still going on, proves nothing.
    const next = badges.find(({ at }) => at > (shown.at(-1) as Badge).at)
    const end = badges.find(({ at, state }) => at >= (next?.at ?? Infinity) && state !== 'CONNECTING')
    if (!next || !end || next.at < retryAt - slack) continue
    // Nobody stood at the port to see it.
    if (unseen.some(({ from, to }) => end.at > from && retryAt < to + slack)) continue
    // Not before it was said, and before the page says what came of it.
    const seen = attempts.filter((at) => at > retryAt - slack && at < end.at + slack)
    expect(seen.length, `no try in [${retryAt}, ${end.at}]: ${attempts}`).toBeGreaterThan(0)
    checked++
  }
  return checked
}

/** When what is broken for everybody ends by itself, epoch ms. */
const endOf = (status: DemoServerStatus | null, name: FaultName) =>
  status?.switches.broken.find(({ fault, target }) => fault === name && target === 'all')?.until

const attemptsOf = (status: DemoServerStatus | null, since: number) =>
  (status?.attempts ?? []).filter(({ at }) => at >= since).map(({ at }) => at)

describe('two pages that chat', () => {
  it('lose and double nothing when the chat server alone is destroyed', async () => {
    const begun = performance.now()
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea')
    // StrictMode mounts everything twice; the server has seen one handshake for each page.
    expect((await stage.status())?.attempts).toHaveLength(2)
    await stage.control('pong-delay', { ms: 150 })
    await ada.say('a1 hello')
    await bea.say('b1 hello back')
    await same([ada, bea], ['a1 hello', 'b1 hello back'])
    // The server answers after 150 ms, and that is what both badges read.
    for (const one of [ada, bea]) await expectConnected(stage, one, { min: 150, max: 350 })

    // One message is kept, and its writer does not know.
    await stage.control('hold', { on: true })
    await ada.say('a2 kept but not acknowledged')
    await expect.poll(async () => (await stage.status())?.rooms[0]?.last, patience).toBe(3)
    expect(await stage.status()).toMatchObject({ generation: 1, store: 'sqlite' })
    expect((await ada.messages()).at(-1)).toMatchObject({
      text: 'a2 kept but not acknowledged',
      status: 'sent',
      n: null,
    })
    expect((await bea.messages()).map(({ text }) => text)).not.toContain('a2 kept but not acknowledged')

    const broken = Date.now()
    await stage.control('stay-away', { on: true })
    await ada.press('Crash')
    for (const one of [ada, bea]) {
      const lost = await one.badgeWhen(({ tone }) => tone === 'bad', broken)
      expect(lost).toMatchObject({
        state: 'CLOSED',
        why: 'The connection broke off.',
        circuit: 'CLOSED',
        roundTrip: null,
      })
    }
    await ada.say('a3 typed while it is away')
    await bea.say('b2 typed while it is away')
    await ada.say('a4 and another')
    await bea.say('b3 and another')
    // Each page has knocked twice, while nobody was there.
    for (const one of [ada, bea]) await one.badgeWhen(({ retries }) => retries >= 3, broken)
    await stage.control('stay-away', { on: false })
    for (const one of [ada, bea]) await one.badgeWhen(({ tone }) => tone === 'good', broken + 1)
    const back = Date.now()

    const texts = ['a1 hello', 'b1 hello back', 'a2 kept but not acknowledged', 'a3 typed while it is away']
    texts.push('b2 typed while it is away', 'a4 and another', 'b3 and another')
    await same([ada, bea], texts)
    const cleo = await stage.visit('Cleo')
    await same([ada, bea, cleo], texts)
    for (const one of [ada, bea]) {
      expect((await one.messages()).filter(({ status }) => status !== '' && status !== 'delivered')).toEqual([])
    }
    expect((await ada.marksOf('a2 kept')).join(' ')).toMatch(keptUnknown)
    expect((await ada.marksOf('a3 typed')).slice(0, 1)).toEqual(['waiting'])

    const status = await stage.status()
    expect(status).toMatchObject({ generation: 2, rooms: [{ name: 'lobby', last: texts.length }] })
    expect(status?.attempts.filter(({ outcome }) => outcome === 'down').length).toBeGreaterThanOrEqual(4)
    let countdowns = 0
    for (const one of [ada, bea]) countdowns += await expectHonestCountdowns(one, broken, attemptsOf(status, broken))
    expect(countdowns).toBeGreaterThanOrEqual(4)
    // The new server knows nothing of a delay, and the badges measure anew.
    for (const one of [ada, bea, cleo]) await expectConnected(stage, one, { min: 0, max: 150 })
    for (const one of [ada, bea, cleo]) expect(one.complaints).toEqual([])
    report({
      scenario: 'chat server destroyed',
      messages: texts.length,
      awayMs: back - broken,
      countdowns,
      ms: Math.round(performance.now() - begun),
    })
  })

  it('lose and double nothing when the whole process is killed and started again on its port', async () => {
    const begun = performance.now()
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea')
    await ada.say('a1 hello')
    await bea.say('b1 hello back')
    await same([ada, bea], ['a1 hello', 'b1 hello back'])
    for (const one of [ada, bea]) await expectConnected(stage, one, { min: 0, max: 150 })
    const born = [(await ada.seen()).born, (await bea.seen()).born]

    await stage.control('hold', { on: true })
    await ada.say('a2 kept but not acknowledged')
    await expect.poll(async () => (await stage.status())?.rooms[0]?.last, patience).toBe(3)
    expect((await ada.messages()).at(-1)).toMatchObject({ status: 'sent', n: null })

    const broken = Date.now()
    await stage.kill()
    const witness = await stage.witness()
    const unseen = [{ from: broken, to: Date.now() }]
    await ada.badgeWhen(({ tone }) => tone === 'bad', broken)
    await bea.badgeWhen(({ tone }) => tone === 'bad', broken)
    await ada.say('a3 typed while it is dead')
    await bea.say('b2 typed while it is dead')
    await bea.say('b3 and another')
    // Nobody is there, and the badges and the switches say so; the witness has seen them knock.
    for (const one of [ada, bea]) await one.badgeWhen(({ retries }) => retries >= 3, broken)
    await expect.poll(() => witness.attempts.length, patience).toBeGreaterThanOrEqual(6)
    for (const one of [ada, bea]) {
      expect((await one.badge()).why).toMatch(/Could not connect|broke off/)
      await one.page.getByText('The whole process cannot be reached').waitFor()
      expect((await one.messages()).filter(({ status }) => status === 'waiting').map(({ text }) => text)).toEqual(
        one === ada
          ? ['a2 kept but not acknowledged', 'a3 typed while it is dead']
          : ['b2 typed while it is dead', 'b3 and another'],
      )
    }
    const left = Date.now()
    await witness.leave()
    await stage.start()
    unseen.push({ from: left, to: Date.now() })
    await stage.control('pong-delay', { ms: 150 })
    for (const one of [ada, bea]) await one.badgeWhen(({ tone }) => tone === 'good', broken + 1)
    const back = Date.now()

    const texts = ['a1 hello', 'b1 hello back', 'a2 kept but not acknowledged', 'a3 typed while it is dead']
    texts.push('b2 typed while it is dead', 'b3 and another')
    await same([ada, bea], texts)
    const cleo = await stage.visit('Cleo')
    await same([ada, bea, cleo], texts)
    expect((await ada.marksOf('a2 kept')).join(' ')).toMatch(keptUnknown)
    expect((await bea.marksOf('b2 typed'))[0]).toBe('waiting')

    const status = await stage.status()
    expect(status).toMatchObject({
      generation: 1,
      store: 'sqlite',
      rooms: [{ name: 'lobby', last: texts.length }],
    })
    const attempts = [...witness.attempts, ...attemptsOf(status, broken)]
    let countdowns = 0
    for (const one of [ada, bea]) countdowns += await expectHonestCountdowns(one, broken, attempts, unseen)
    expect(countdowns).toBeGreaterThanOrEqual(4)
    for (const one of [ada, bea, cleo]) await expectConnected(stage, one, { min: 150, max: 350 })
    // It was the page that survived, not a reload that hid the loss.
    expect([(await ada.seen()).born, (await bea.seen()).born]).toEqual(born)
    for (const one of [ada, bea, cleo]) expect(one.complaints).toEqual([])
    report({
      scenario: 'process killed',
      messages: texts.length,
      awayMs: back - broken,
      countdowns,
      ms: Math.round(performance.now() - begun),
    })
  })
})

describe('the switches', () => {
  it('refusing connections opens the circuit; the button closes it and tries; the rest comes back by itself', async () => {
    const begun = performance.now()
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea')
    // Proven, so that its loss is not yet a failure.
    for (const one of [ada, bea]) await one.badgeWhen(({ uptime }) => (uptime ?? 0) >= 8000)
    const broken = Date.now()
    const toggle = ada.page.getByRole('switch', { name: 'Refuse connections' })
    await toggle.click()
    await expect.poll(() => toggle.getAttribute('aria-checked'), patience).toBe('true')
    const blocked = await Promise.all(
      [ada, bea].map((one) => one.badgeWhen(({ state }) => state === 'BLOCKED', broken)),
    )
    await ada.say('a1 typed while the circuit is open')
    const status = await stage.status()
    for (const [index, badge] of blocked.entries()) {
      expect(badge).toMatchObject({
        tone: 'bad',
        status: 'blocked',
        headline: 'Pausing',
        circuit: 'OPEN',
        failures: '5 of 5 failures',
        button: 'Try now',
        retries: 5,
      })
      expect(badge.countdown).toMatch(/^A trial in/)
      // `interactive`: its reset, and with every number at 0.5 half of its spread.
      const { resetTimeout = 0, resetJitter = 0 } = interactive.circuitBreaker
      const { badges } = await ([ada, bea][index] as Visitor).seen()
      const lastTry = badges.findLast(({ at, retryAt }) => at < badge.at && retryAt !== null)?.retryAt ?? Infinity
      expect(badge.retryAt).toBeGreaterThanOrEqual(lastTry + resetTimeout * (1 + resetJitter / 2))
    }
    expect(status?.connections).toEqual([])
    expect(endOf(status, 'refuse')).toBeGreaterThan(Date.now())
    const refused = (status?.attempts ?? []).filter(({ outcome }) => outcome === 'refused')
    expect(refused).toHaveLength(10)
    for (const one of [ada, bea]) expect(await expectHonestCountdowns(one, broken, attemptsOf(status, broken))).toBe(5)

    // Still refused: exactly one more try, and the circuit counts from one again.
    const pressed = Date.now()
    await ada.press('Try now')
    const after = await ada.badgeWhen(({ state, retries }) => state === 'CLOSED' && retries === 1, pressed)
    expect(after).toMatchObject({
      circuit: 'CLOSED',
      failures: '1 of 5 failures',
      headline: 'Connection lost',
      button: 'Try now',
    })

    const mended = Date.now()
    await toggle.click()
    await expect.poll(() => toggle.getAttribute('aria-checked'), patience).toBe('false')
    await ada.press(/Try now|One moment|Reconnect/)
    await ada.badgeWhen(({ tone }) => tone === 'good', mended)
    // Bea touches nothing: the circuit half-opens and a trial is made when her badge said, and not before.
    const trial = await bea.badgeWhen(({ tone }) => tone === 'good', mended)
    expect(trial).toMatchObject({ circuit: 'CLOSED', failures: '4 of 5 failures' })
    const waits = (await bea.seen()).badges.filter(({ at, state }) => at >= broken && state === 'BLOCKED')
    const last = (await stage.status())?.attempts.at(-1)?.at ?? 0
    expect(last).toBeGreaterThan(Math.min(...waits.map(({ retryAt }) => retryAt ?? Infinity)) - slack)
    expect(last).toBeLessThan(trial.at + slack)
    const shown = (await bea.seen()).badges.filter(({ at }) => at >= broken).map(({ circuit }) => circuit)
    expect(shown).toContain('HALF-OPEN')
    await same([ada, bea], ['a1 typed while the circuit is open'])
    for (const one of [ada, bea]) await expectConnected(stage, one, { min: 0, max: 150 })
    report({
      scenario: 'refused',
      openedAfterMs: blocked.map(({ at }) => at - broken),
      refused: refused.length,
      ms: Math.round(performance.now() - begun),
    })
  })

  it('a silent server is noticed, called what it is, and believed again when it speaks', async () => {
    const begun = performance.now()
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea')
    await ada.badgeWhen(({ uptime }) => (uptime ?? 0) >= 8000)
    const broken = Date.now()
    const toggle = ada.page.getByRole('switch', { name: 'Ignore pings' })
    await toggle.click()
    await ada.say('a1 said to a wall')
    const lost = await ada.badgeWhen(({ tone }) => tone === 'bad', broken)
    expect(lost).toMatchObject({ state: 'CLOSED', headline: 'Connection lost', why: 'The server stopped answering.' })
    // It accepts, so the socket opens; but nobody speaks, and the badge does not call that connected.
    const mute = await ada.badgeWhen(({ state }) => state === 'CONNECTING', lost.at)
    expect(mute).toMatchObject({ headline: 'Reconnecting, try 1', tone: 'busy', roundTrip: null })
    await expect
      .poll(async () => (await stage.status())?.connections.some(({ nick }) => nick === ''), patience)
      .toBe(true)
    expect(endOf(await stage.status(), 'silence')).toBeGreaterThan(Date.now())
    expect((await ada.messages()).at(-1)).toMatchObject({ status: 'waiting' })
    const mended = Date.now()
    const claims = (await ada.seen()).badges.filter(({ at, tone }) => at > lost.at && at < mended && tone === 'good')
    expect(claims).toEqual([])
    await toggle.click()
    for (const one of [ada, bea]) await one.badgeWhen(({ tone }) => tone === 'good', mended)
    await same([ada, bea], ['a1 said to a wall'])
    for (const one of [ada, bea]) await expectConnected(stage, one, { min: 0, max: 150 })
    await expect.poll(async () => (await stage.status())?.connections.length, patience).toBe(2)
    report({ scenario: 'silent', noticedAfterMs: lost.at - broken, ms: Math.round(performance.now() - begun) })
  })
})

describe('a tab', () => {
  it('keeps waiting messages and the draft over a reload, and a copy of the tab doubles nothing', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea')
    await stage.control('refuse', { on: true })
    await ada.badgeWhen(({ tone }) => tone === 'bad')
    await ada.say('a1 waits')
    await ada.say('a2 waits too')
    await ada.page.getByLabel('Message', { exact: true }).fill('a3 is half wri')
    const [copied] = await Promise.all([
      ada.page.waitForEvent('popup'),
      ada.page.evaluate(() => void window.open(window.location.href)),
    ])
    await ada.page.reload()
    const waiting = [
      { text: 'a1 waits', status: 'waiting' },
      { text: 'a2 waits too', status: 'waiting' },
    ]
    for (const page of [ada.page, copied]) {
      expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('a3 is half wri')
      expect(await page.getByLabel('You').inputValue()).toBe('Ada')
      // From the browser's database, which answers a moment later.
      await expect.poll(() => page.locator('.message').count(), patience).toBe(2)
    }
    expect((await ada.messages()).map(({ text, status }) => ({ text, status }))).toEqual(waiting)
    await stage.control('refuse', { on: false })
    await same([ada, bea], ['a1 waits', 'a2 waits too'])
    await expect.poll(() => copied.locator('.message [data-status="delivered"]').count(), patience).toBe(2)
    await ada.page.getByLabel('Message', { exact: true }).press('Enter')
    await same([ada, bea], ['a1 waits', 'a2 waits too', 'a3 is half wri'])
  })

  it('closes without a word while messages wait, because they do without it; asks where the browser keeps none', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const context = await stage.context()
    await context.addInitScript(() => void Object.defineProperty(window, 'indexedDB', { value: undefined }))
    const bea = await stage.visit('Bea', { within: context })
    await stage.control('refuse', { on: true })
    for (const one of [ada, bea]) {
      await one.badgeWhen(({ state }) => state !== 'OPEN')
      await one.say(`${one.nick} waits`)
    }
    await ada.page.getByText('from your next tab if you close this one').waitFor()
    await bea.page.getByText('Closing or reloading the tab loses it').waitFor()
    const question = bea.page.waitForEvent('dialog')
    await bea.page.close({ runBeforeUnload: true })
    const dialog = await question
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    const closed = ada.page.waitForEvent('close')
    const asked: string[] = []
    ada.page.on('dialog', (one) => {
      asked.push(one.type())
      void one.accept()
    })
    await ada.page.close({ runBeforeUnload: true })
    await closed
    expect(asked).toEqual([])
    await stage.control('refuse', { on: false })
    await same([bea], ['Bea waits'])
  })

  it('says that its device is offline, counts nothing meanwhile, and comes back with the network', async () => {
    const stage = await openStage()
    const context = await stage.context()
    const ada = await stage.visit('Ada', { within: context })
    await stage.control('refuse', { on: true })
    await ada.badgeWhen(({ status }) => status === 'waiting')
    await context.setOffline(true)
    const offline = await ada.badgeWhen(({ headline }) => headline === 'This device is offline')
    expect(offline).toMatchObject({ tone: 'bad', countdown: '' })
    await ada.page.getByText('This device is offline, and the switches').waitFor()
    expect(await ada.page.locator('[data-figure="Retries"]').textContent()).toBe('–')
    await stage.control('refuse', { on: false })
    const back = Date.now()
    await context.setOffline(false)
    await ada.badgeWhen(({ tone }) => tone === 'good', back)
    const between = (await ada.seen()).badges.filter(({ at }) => at > offline.at && at < back)
    expect(between.filter(({ countdown }) => countdown !== '')).toEqual([])
  })

  it('moves between rooms by its address, each with its own messages, and delivers what it wrote in the other', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const bea = await stage.visit('Bea', { room: 'attic' })
    await bea.say('b1 in the attic')
    await ada.page.getByLabel('Room').fill('attic')
    await ada.page.getByLabel('Room').press('Enter')
    await same([ada, bea], ['b1 in the attic'])
    expect(ada.page.url()).toBe(`${stage.url}#/attic`)
    await expect
      .poll(async () => (await stage.status())?.connections.map(({ room }) => room), patience)
      .toEqual(['attic', 'attic'])
    await ada.page.getByText('Bea', { exact: true }).first().waitFor()
    // In any script; and what cannot be a room is refused aloud.
    await ada.page.getByLabel('Room').fill('大厅')
    await ada.page.getByLabel('Room').press('Enter')
    await expect
      .poll(async () => (await stage.status())?.connections.map(({ room }) => room).sort(), patience)
      .toEqual(['attic', '大厅'])
    await ada.page.goBack()
    await ada.page.getByLabel('Room').fill('a/b')
    await ada.page.getByLabel('You').focus()
    expect(await ada.page.getByRole('alert').textContent()).toMatch(/“a\/b” was not taken/)
    expect(await ada.page.getByLabel('Room').inputValue()).toBe('attic')
    await stage.control('refuse', { on: true })
    await ada.badgeWhen(({ state }) => state !== 'OPEN')
    await ada.say('a1 for the attic')
    await ada.page.goBack()
    expect(ada.page.url()).toBe(`${stage.url}#/lobby`)
    await stage.control('refuse', { on: false })
    await same([bea], ['b1 in the attic', 'a1 for the attic'])
  })
})

describe('for everybody', () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

  it('has no fault that axe finds, light and dark, wide and narrow, connected and not', async () => {
    const source = await readFile(axe, 'utf8')
    const stage = await openStage()
    const looks = [
      { colorScheme: 'light' as const, viewport: { width: 1280, height: 800 } },
      { colorScheme: 'dark' as const, viewport: { width: 1280, height: 800 } },
      { colorScheme: 'light' as const, viewport: { width: 360, height: 740 } },
      { colorScheme: 'dark' as const, viewport: { width: 360, height: 740 } },
      { colorScheme: 'light' as const, viewport: { width: 320, height: 568 } },
      { colorScheme: 'dark' as const, viewport: { width: 844, height: 390 } },
    ]
    const visitors = await Promise.all(
      looks.map(async (look, index) =>
        stage.visit(`Nick ${index}`, { within: await stage.context({ ...look, reducedMotion: 'reduce' }) }),
      ),
    )
    await visitors[0]?.say('a message for everybody')
    await same(visitors, ['a message for everybody'])
    const check = async () => {
      for (const { page } of visitors) {
        const narrow = (page.viewportSize()?.width ?? 0) < 400
        if (narrow) await page.getByRole('button', { name: 'Details' }).click()
        await page.evaluate(source)
        const faults = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run()
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
        })
        expect(faults).toEqual([])
        // Nothing is wider than the page.
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        )
        if (narrow) await page.getByRole('button', { name: 'Fold' }).click()
      }
    }
    await check()
    await stage.control('refuse', { on: true })
    for (const visitor of visitors) await visitor.badgeWhen(({ state }) => state === 'BLOCKED')
    await visitors[0]?.say('one that waits')
    await check()
  })

  it('keeps the log in sight and the switches in reach at every size, folded and unfolded', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada', { within: await stage.context({ reducedMotion: 'reduce' }) })
    const { page } = ada
    for (let n = 0; n < 8; n++) await ada.say(`message ${n}, long enough to need more than one line on a small page`)
    await expect.poll(() => page.locator('[data-status="delivered"]').count(), patience).toBe(8)
    const look = () =>
      page.evaluate(() => {
        window.scrollTo(0, 0)
        const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect()
        const controls = [...document.querySelectorAll<HTMLElement>('.switches button')]
        return {
          log: Math.round(box('.log').height),
          field: Math.round(box('.composer textarea').width),
          tooWide: document.documentElement.scrollWidth - window.innerWidth,
          // Boxes that scroll inside the page; the page itself may.
          scrollers: [...document.querySelectorAll('main, main *, .side, .side *')]
            .filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowY) && !each.matches('textarea'))
            .map(({ className }) => className),
          below: Math.max(...controls.map((each) => each.getBoundingClientRect().bottom)) - window.innerHeight,
          unreachable: controls.filter((each) => {
            each.scrollIntoView({ block: 'center' })
            const { x, y, width, height } = each.getBoundingClientRect()
            return !each.contains(document.elementFromPoint(x + width / 2, y + height / 2))
          }).length,
        }
      })
    const sizes = [
      ...[
        [320, 568],
        [360, 740],
        [390, 844],
        [540, 720],
        [699, 900],
        [768, 1024],
        [1080, 1920],
      ],
      ...[
        [568, 320],
        [740, 360],
        [844, 390],
        [540, 480],
        [1024, 600],
        [1024, 768],
        [1280, 720],
        [1366, 768],
      ],
      ...[
        [700, 500],
        [860, 700],
        [1920, 1080],
      ],
    ] as [number, number][]
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height })
      const fold = page.getByRole('button', { name: 'Details' })
      const folds = await fold.isVisible()
      for (const unfolded of folds ? [false, true] : [false]) {
        if (unfolded) await fold.click()
        const seen = await look()
        const at = `${width}×${height}${unfolded ? ', unfolded' : ''}: ${JSON.stringify(seen)}`
        expect(seen.log, at).toBeGreaterThanOrEqual(120)
        expect(seen.field, at).toBeGreaterThan(120)
        expect(seen.tooWide, at).toBeLessThanOrEqual(0)
        expect(seen.scrollers, at).toEqual(['log'])
        expect(seen.unreachable, at).toBe(0)
        // Without any scrolling, unless the page is no higher than a finger is long.
        if (height >= 390) expect(seen.below, at).toBeLessThanOrEqual(0)
      }
      if (folds) await page.getByRole('button', { name: 'Fold' }).click()
      else await page.locator('.details').waitFor()
    }
  })

  it('can be used with the keyboard alone', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    const { keyboard } = ada.page
    const focused = () =>
      ada.page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null
        const labels = element && 'labels' in element ? (element as HTMLInputElement).labels : null
        const labelledBy = document.getElementById(element?.getAttribute('aria-labelledby') ?? '')
        return (
          labels?.[0]?.textContent ??
          element?.getAttribute('aria-label') ??
          labelledBy?.textContent ??
          element?.textContent
        )
      })
    const order: (string | null | undefined)[] = []
    await ada.page.getByRole('link', { name: 'README' }).focus()
    for (let step = 0; step < 14; step++) {
      order.push(await focused())
      await keyboard.press('Tab')
    }
    expect(order).toEqual([
      'README',
      'Source',
      'Examples',
      '中文',
      'Reconnect',
      'Laboratory',
      'Crash',
      'Ignore pings',
      'Refuse connections',
      'Room',
      'You',
      'Open another tab',
      'Messages in #lobby',
      'Message',
    ])
    await ada.page.getByLabel('Message', { exact: true }).focus()
    await keyboard.type('one line')
    // Safari's Enter that takes a candidate: the code 229, and no composition any more.
    const keys = await ada.page.context().newCDPSession(ada.page)
    for (const type of ['rawKeyDown', 'keyUp'] as const) {
      await keys.send('Input.dispatchKeyEvent', { type, key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 })
    }
    expect(await ada.messages()).toEqual([])
    await keyboard.press('Shift+Enter')
    await keyboard.type('and another')
    await keyboard.press('Enter')
    await same([ada], ['one line\nand another'])
    await ada.page.getByRole('switch', { name: 'Refuse connections' }).focus()
    await keyboard.press('Space')
    await ada.badgeWhen(({ tone }) => tone === 'bad')
  })

  it('hears what comes after it joined, not the history, and of the connection only what it settled in', async () => {
    const stage = await openStage()
    const ada = await stage.visit('Ada')
    await ada.say('a1 is history for Bea')
    await same([ada], ['a1 is history for Bea'])
    const context = await stage.context()
    // Whether the log was live at each moment at which a message was put into it.
    await context.addInitScript(() => {
      const live: [string, string | null][] = []
      Object.assign(window, { live })
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) {
          for (const node of addedNodes) {
            if (!(node instanceof HTMLElement)) continue
            const items = node.matches('.message') ? [node] : [...node.querySelectorAll<HTMLElement>('.message')]
            for (const item of items)
              live.push([
                item.querySelector('.text')?.textContent ?? '',
                item.closest('[role="log"]')?.getAttribute('aria-live') ?? null,
              ])
          }
        }
      }).observe(document, { subtree: true, childList: true })
    })
    const bea = await stage.visit('Bea', { within: context })
    await bea.page.locator('[role="log"][aria-live="polite"]').waitFor()
    await ada.say('a2 is news')
    await same([ada, bea], ['a1 is history for Bea', 'a2 is news'])
    expect(await bea.page.evaluate(() => (window as unknown as { live: never }).live)).toEqual([
      ['a1 is history for Bea', 'off'],
      ['a2 is news', 'polite'],
    ])
    const status = bea.page.getByRole('status')
    await expect.poll(() => status.textContent(), patience).toBe('Connected. Messages arrive at once.')
  })
})
