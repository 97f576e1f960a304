/**
 * What a visitor may break at the server: all of it or one page's line alone, in every way there is; each ends by itself. The
 * sockets are real and nothing waits for time; where time itself is meant, the clock is a false one.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { SlowLane } from '../../demo/server/slow-lane.ts'
import type { FaultName } from '../../demo/server/status.ts'
import { openDemoServer, rawSocket, until, Visitor } from '../support/chat-visitor.ts'

afterEach(() => void vi.useRealTimers())

type Stage = Awaited<ReturnType<typeof openDemoServer>>

/** Sends a command; it is understood. */
const order = async ({ control }: Stage, name: string, body: object) => {
  const response = await control(name, body)
  const answer = await response.json()
  expect([response.status, answer]).toEqual([200, expect.anything()])
  return answer
}
const outcomes = async ({ demoServer }: Stage) => (await demoServer.status()).attempts.map(({ outcome }) => outcome)

describe('a restart', () => {
  it('says goodbye with 1012, forgets nothing, and whoever was there is back', async () => {
    const stage = await openDemoServer()
    const ada = await Visitor.join(stage.port, 'Ada')
    await ada.say('before').acked
    await order(stage, 'restart', {})
    expect(await ada.closed).toEqual({ code: 1012, reason: 'the server restarts' })
    await expect.poll(async () => (await stage.demoServer.status()).generation).toBe(2)
    // After this code a client waits some seconds more, so that not all of them come at once.
    ada.session.ws.retryNow()
    await ada.say('after').acked
    await expect.poll(() => ada.texts()).toEqual(['before', 'after'])
    expect(await stage.demoServer.status()).toMatchObject({ up: true, generation: 2, store: 'sqlite' })
  })
})

describe('one page alone', () => {
  const pair = async () => {
    const stage = await openDemoServer()
    const ada = await Visitor.join(stage.port, 'Ada')
    const bea = await Visitor.join(stage.port, 'Bea')
    const target = ada.page
    return { stage, ada, bea, target }
  }
  const untouched = ({ session }: Visitor) => expect(session.ws.getSnapshot().connectionId).toBe(1)

  it('is found in the status by the id it gave itself, on every connection of its', async () => {
    const { stage, ada, target } = await pair()
    const ids = async () => (await stage.demoServer.status()).connections.map(({ id, nick }) => [nick, id])
    expect(await ids()).toContainEqual(['Ada', target])
    ada.session.ws.reconnect()
    await expect.poll(ids).toContainEqual(['Ada', target])
  })

  it.each([
    ['restart', {}, { code: 1012, reason: 'the server restarts' }],
    ['crash', {}, { code: 1006, reason: '' }],
    ['close', { code: 4321, reason: '试一试' }, { code: 4321, reason: '试一试' }],
  ])('sees what it would of %s, and nobody else does', async (name, body, closed) => {
    const { stage, ada, bea, target } = await pair()
    await order(stage, name, { ...body, target })
    expect(await ada.closed).toEqual(closed)
    await bea.say('still here').acked
    untouched(bea)
    expect(await stage.demoServer.status()).toMatchObject({ up: true, generation: 1 })
  })

  it('hears nothing while the server is silent to it, and everything in order afterwards', async () => {
    const { stage, ada, bea, target } = await pair()
    await order(stage, 'silence', { on: true, target })
    const kept = ada.say('a1 into the silence')
    for (const n of [1, 2, 3]) await bea.say(`b${n}`).acked
    expect(kept.status).toBe('sent')
    expect(ada.texts()).toEqual([])
    await order(stage, 'silence', { on: false, target })
    await kept.acked
    await Promise.all([ada.heard(4), bea.heard(4)])
    expect(ada.texts()).toEqual(['b1', 'b2', 'b3', 'a1 into the silence'])
    expect(bea.texts()).toEqual(ada.texts())
  })

  it('is refused, again and again, while another gets in', async () => {
    const { stage, ada, bea, target } = await pair()
    await order(stage, 'refuse', { on: true, target })
    expect((await ada.closed).code).toBe(1006)
    await expect.poll(() => outcomes(stage)).toContain('refused')
    await Visitor.join(stage.port, 'Cleo')
    untouched(bea)
    await order(stage, 'refuse', { on: false, target })
    await ada.say('back').acked
  })
})

describe('everybody', () => {
  it('is turned away with 503 while connections are refused', async () => {
    const stage = await openDemoServer()
    const ada = await Visitor.join(stage.port, 'Ada', 'lobby', { maxRetries: 0 })
    const { broken } = await order(stage, 'refuse', { on: true })
    expect(broken).toEqual([{ fault: 'refuse', target: 'all', until: expect.any(Number) }])
    expect((await ada.closed).code).toBe(1006)
    const status = await new Promise<number | undefined>((resolve) => {
      rawSocket(stage.port).socket.on('unexpected-response', (_, response) => resolve(response.statusCode))
    })
    expect(status).toBe(503)
    await order(stage, 'refuse', { on: false })
    await Visitor.join(stage.port, 'Bea')
    expect(await outcomes(stage)).toEqual(['accepted', 'refused', 'accepted'])
  })

  it('waits for an answer while handshakes hang, and gets it when they do not any more', async () => {
    const stage = await openDemoServer()
    await order(stage, 'hang', { on: true })
    const raw = rawSocket(stage.port)
    await expect.poll(() => outcomes(stage)).toEqual(['hung'])
    expect(raw.socket.readyState).toBe(0)
    await order(stage, 'hang', { on: false })
    await raw.opened
    expect(await outcomes(stage)).toEqual(['hung', 'accepted'])
  })

  it('who has given up waiting for an answer is not let in later', async () => {
    const stage = await openDemoServer()
    await order(stage, 'hang', { on: true })
    const raw = rawSocket(stage.port)
    await expect.poll(() => outcomes(stage)).toEqual(['hung'])
    raw.socket.terminate()
    await raw.closed
    // Another one is seen to hang, so the server has heard of the first one's end.
    rawSocket(stage.port)
    await expect.poll(() => outcomes(stage)).toEqual(['hung', 'hung'])
    await order(stage, 'hang', { on: false })
    await expect.poll(() => outcomes(stage)).toEqual(['hung', 'hung', 'accepted'])
  })

  it('gets in and is dropped at once while the server flaps; what was said meanwhile arrives once', async () => {
    const stage = await openDemoServer()
    const ada = await Visitor.join(stage.port, 'Ada')
    await order(stage, 'flap', { on: true })
    const kept = ada.say('once')
    await expect
      .poll(async () => (await outcomes(stage)).filter((each) => each === 'dropped').length)
      .toBeGreaterThan(2)
    // It was let in each time.
    expect(ada.session.ws.getSnapshot().connectionId).toBeGreaterThan(2)
    await order(stage, 'flap', { on: false })
    await kept.acked
    await ada.heard(1)
    expect(ada.texts()).toEqual(['once'])
    expect((await stage.demoServer.status()).rooms).toMatchObject([{ last: 1 }])
  })

  it('is heard late while the network is slow, and in order', async () => {
    const stage = await openDemoServer({ chat: { burst: 100 } })
    const ada = await Visitor.join(stage.port, 'Ada')
    const bea = await Visitor.join(stage.port, 'Bea')
    const { broken } = await order(stage, 'slow', { on: true, latency: 20, jitter: 20 })
    expect(broken).toMatchObject([{ fault: 'slow', target: 'all', latency: 20, jitter: 20 }])
    const texts = Array.from({ length: 50 }, (_, n) => `m${n}`)
    const sent = texts.map((text) => ada.say(text))
    await Promise.all([bea.heard(50), ...sent.map(({ acked }) => acked)])
    expect(bea.texts()).toEqual(texts)
    // Mended in the middle: nothing overtakes what is still on its way.
    const late = ada.say('late')
    await order(stage, 'slow', { on: false })
    await Promise.all([late.acked, ada.say('soon').acked, bea.heard(52)])
    expect(bea.texts().slice(50)).toEqual(['late', 'soon'])
  })

  it('is free again by itself after a while, whatever was broken', async () => {
    const stage = await openDemoServer({ faultLimit: 0 })
    const faults: FaultName[] = ['silence', 'refuse', 'hang', 'flap', 'slow']
    for (const fault of faults) stage.demoServer.break({ fault, target: 'all', latency: 5, jitter: 0 }, true)
    await until(() => !stage.demoServer.switches().broken.length)
    await Visitor.join(stage.port, 'Ada')
  })

  it('is still met with silence after a crash, and answered when it ends', async () => {
    const stage = await openDemoServer()
    await order(stage, 'silence', { on: true })
    await stage.demoServer.crash()
    const joining = Visitor.join(stage.port, 'Ada')
    await expect.poll(async () => (await stage.demoServer.status()).connections).toMatchObject([{ nick: '' }])
    await order(stage, 'silence', { on: false })
    await joining
  })
})

describe('a slow line', () => {
  it('delays each by its latency and jitter, never past what went ahead, and holds nothing that is not slow', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const random = vi.spyOn(Math, 'random')
    const lane = new SlowLane()
    const arrived: string[] = []
    const push = (slow: { latency: number; jitter: number } | null, text: string) =>
      lane.push(slow, () => void arrived.push(text))
    push(null, 'at once')
    expect(arrived).toEqual(['at once'])
    random.mockReturnValueOnce(1)
    push({ latency: 100, jitter: 50 }, 'after 150')
    random.mockReturnValueOnce(0)
    push({ latency: 100, jitter: 50 }, 'would be after 50')
    push(null, 'fast, but behind')
    vi.advanceTimersByTime(149)
    expect(arrived).toEqual(['at once'])
    vi.advanceTimersByTime(1)
    expect(arrived).toEqual(['at once', 'after 150', 'would be after 50', 'fast, but behind'])
    expect(vi.getTimerCount()).toBe(0)
    push({ latency: 100, jitter: 0 }, 'flushed')
    lane.flush()
    expect(arrived.at(-1)).toBe('flushed')
    random.mockRestore()
  })
})

describe('a fleet', () => {
  it('is let in without a limit of rates, is no guest, hears pongs, and is cut off by itself', async () => {
    const stage = await openDemoServer()
    const ada = await Visitor.join(stage.port, 'Ada')
    const fleet = Array.from({ length: 120 }, () => rawSocket(stage.port, {}, '/fleet'))
    await Promise.all(fleet.map(({ opened }) => opened))
    const [first] = fleet
    const heard = new Promise((resolve) => first?.socket.on('message', (data) => resolve(String(data))))
    first?.socket.send('{"type":"ping"}')
    expect(await heard).toBe('{"type":"pong"}')
    expect(await stage.demoServer.status()).toMatchObject({
      fleet: { open: 120, accepted: 120 },
      connections: [{ nick: 'Ada' }],
    })
    await order(stage, 'fleet', { away: 60_000 })
    for (const { closed } of fleet) expect((await closed).code).toBe(1006)
    expect((await rawSocket(stage.port, {}, '/fleet').closed).code).toBe(1006)
    expect(await outcomes(stage)).toEqual(['accepted'])
    await order(stage, 'fleet', { away: 0 })
    await expect.poll(() => rawSocket(stage.port, {}, '/fleet').opened.then(() => true)).toBe(true)
    await ada.say('unharmed').acked
  })

  it('goes down with the server, and is turned away where another site asks', async () => {
    const stage = await openDemoServer({ downtime: 2 ** 30 })
    const one = rawSocket(stage.port, {}, '/fleet')
    await one.opened
    const foreign = rawSocket(stage.port, { origin: 'http://elsewhere.example' }, '/fleet')
    expect((await foreign.closed).code).toBe(1006)
    const down = stage.demoServer.crash()
    expect((await one.closed).code).toBe(1006)
    expect((await rawSocket(stage.port, {}, '/fleet').closed).code).toBe(1006)
    await stage.demoServer.close()
    await down
  })
})

describe('what cannot be meant', () => {
  it.each([
    ['explode', {}, /restart, crash, close, silence, refuse, hang, flap, slow or fleet/],
    ['refuse', [], /a JSON object/],
    ['refuse', { on: true, more: 'x'.repeat(2000) }, /at most 1 kB/],
    ['refuse', { on: 'yes' }, /"on": true or false/],
    ['hang', {}, /"on": true or false/],
    ['flap', { on: true, target: 7 }, /"target": "all", or the id/],
    ['crash', { target: 'no id' }, /"target": "all", or the id/],
    ['close', {}, /"code": 1000 to 1014/],
    ['close', { code: 1006 }, /"code": 1000 to 1014/],
    ['close', { code: 5000 }, /"code": 1000 to 1014/],
    ['close', { code: 4000, reason: '长'.repeat(42) }, /"reason": a text of at most 123 bytes/],
    ['slow', { on: true }, /"latency": 0 to 10000 ms/],
    ['slow', { on: true, latency: 60_000 }, /"latency": 0 to 10000 ms/],
    ['slow', { on: true, latency: 5, jitter: -1 }, /"jitter": 0 to 10000 ms/],
    ['fleet', { away: 'long' }, /"away": 0 to 60000 ms/],
  ])('%s with %o is answered with 400 and what was expected', async (name, body, expected) => {
    const { control, demoServer } = await openDemoServer()
    const response = await control(name, body)
    expect(response.status).toBe(400)
    expect((await response.json()).expected).toMatch(expected)
    expect(demoServer.switches().broken).toEqual([])
  })

  it('a page that is not there cannot be cut off, and not everything can be broken at once', async () => {
    const { control, demoServer } = await openDemoServer()
    for (const name of ['crash', 'restart', 'close']) {
      const response = await control(name, { target: 'nobody-is-called-so', code: 4000 })
      expect([response.status, (await response.json()).expected]).toEqual([404, expect.stringMatching(/connected/)])
    }
    for (let n = 0; n < 64; n++)
      expect(demoServer.break({ fault: 'refuse', target: `page-${n}-of-64` }, true)).toBe(true)
    const response = await control('refuse', { on: true })
    expect([response.status, (await response.json()).expected]).toEqual([409, expect.stringMatching(/fewer/)])
  })
})
