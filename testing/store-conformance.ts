/**
 * Owns what every store of a session server must do, as checks with names, for any test runner: the library's own stores
 * pass them, and yours can.
 * Must never wait for real time: what a store is told late, it is told by the check.
 */

import type { Commit, Retention, SessionStore, StreamEvent } from '../src/server/index.ts'

/** One thing a store must do. */
export interface StoreCheck {
  readonly name: string
  /** Rejects with what was expected and what came. */
  run(): Promise<void>
}

type Awaitable<T> = T | Promise<T>

export interface StoreConformanceOptions {
  /** Another store over what this one has kept, after the process that held it is gone. Without it, nothing is asked about restarts. */
  readonly reopen?: ((store: SessionStore) => Awaitable<SessionStore>) | undefined
  /** Another store over the same memory at the same time, as in a second process. Without it, nothing is asked about that. */
  readonly join?: ((store: SessionStore) => Awaitable<SessionStore>) | undefined
}

const DAY = 86_400_000
const retention: Retention = {
  clientsRemembered: 10_000,
  memory: 8 * DAY,
  history: { events: 1000, bytes: 1 << 20, age: DAY },
}

/**
 * Everything a store must do for `createSessionServer` to keep its promises.
 *
 * @param makeStore makes a store that remembers nothing, for each check anew
 *
 * @example
 * for (const { name, run } of storeConformance(() => myStore())) test(name, run)
 */
export function storeConformance(
  makeStore: () => Awaitable<SessionStore>,
  options: StoreConformanceOptions = {},
): readonly StoreCheck[] {
  const checks: StoreCheck[] = []
  const check = (name: string, body: (store: SessionStore) => Promise<void>) =>
    checks.push({
      name,
      async run() {
        const store = await makeStore()
        store.keep?.(retention, () => NOW)
        await body(store)
      },
    })

  check('does not know a client before it is raised, and then knows it, with nothing done', async (store) => {
    same(await store.last('ann/1'), undefined, 'last of a stranger')
    same(await store.commit(taking('ann/1', 1)), null, 'a commit of a stranger')
    await store.raise('ann/1', 0)
    same(await store.last('ann/1'), 0, 'last after raise 0')
    same(await store.last('ann/2'), undefined, 'last of another client')
  })

  check('raises and never lowers', async (store) => {
    await store.raise('ann/1', 56)
    await store.raise('ann/1', 3)
    same(await store.last('ann/1'), 56, 'last')
    same(await store.commit(taking('ann/1', 4)), null, 'a commit below')
    isTaken(await store.commit(taking('ann/1', 57)), 57)
  })

  check('takes the number that follows, and no other', async (store) => {
    await store.raise('ann/1', 0)
    isTaken(await store.commit(taking('ann/1', 1)), 1)
    same(await store.commit(taking('ann/1', 1)), null, 'a repeat')
    same(await store.commit(taking('ann/1', 3)), null, 'a number after a gap')
    isTaken(await store.commit(taking('ann/1', 2)), 2)
    same(await store.last('ann/1'), 2, 'last')
  })

  check('judges commits in the order they are called, awaited or not', async (store) => {
    await store.raise('ann/1', 0)
    const done = await Promise.all(upTo(50).map((n) => store.commit(taking('ann/1', n, 'log'))))
    for (const one of done) if (!one) throw new Error('a commit was not taken although it followed the one before')
    same(await dataOf(store, 'log'), upTo(50), 'the events')
  })

  check('takes one of several commits of a number, whoever brings them', async (store) => {
    const other = (await options.join?.(store)) ?? store
    await store.raise('ann/1', 0)
    const tries = upTo(10).flatMap((n) => [store, other].map((one) => one.commit(taking('ann/1', n, 'log'))))
    await Promise.all(tries)
    const last = (await store.last('ann/1')) ?? 0
    for (let n = last + 1; n <= 10; n++) await store.commit(taking('ann/1', n, 'log'))
    same(await dataOf(store, 'log'), upTo(10), 'the events')
  })

  check('keeps refusals in order until they are confirmed, and publishes nothing of what is refused', async (store) => {
    await store.raise('ann/1', 0)
    await store.raise('bob/1', 0)
    for (const n of upTo(12))
      await store.commit(n % 3 ? taking('ann/1', n, 'log') : { ...taking('ann/1', n, 'log'), refused: `no ${n}` })
    const refusals = [3, 6, 9, 12].map((n) => [n, `no ${n}`])
    same(await store.refusals('ann/1'), refusals, 'the refusals')
    same(await store.refusals('bob/1'), [], 'the refusals of somebody else')
    same(
      await dataOf(store, 'log'),
      upTo(12).filter((n) => n % 3),
      'the events',
    )
    await store.confirm('ann/1', 6)
    same(await store.refusals('ann/1'), refusals.slice(2), 'the refusals after confirm 6')
    await store.confirm('ann/1', 12)
    same(await store.refusals('ann/1'), [], 'the refusals after confirm 12')
    same(await store.last('ann/1'), 12, 'last')
  })

  check('publishes several events with one commit, in several topics, in order', async (store) => {
    await store.raise('ann/1', 0)
    const publish = [at('a', 1), at('b', 2), at('a', 3)]
    const done = await store.commit({ key: 'ann/1', n: 1, publish })
    const { offset } = await store.position('b')
    same(
      done?.events.map(({ topic, data }) => [topic, data]),
      [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ],
      'what was committed',
    )
    same(done?.events[1]?.offset, offset, 'the offset in b')
    same((done?.events[2]?.offset ?? 0) - (done?.events[0]?.offset ?? 0), 1, 'the step in a')
    same(await dataOf(store, 'a'), [1, 3], 'a')
    same(await dataOf(store, 'b'), [2], 'b')
  })

  check('gives data back as JSON says it, and undefined as null', async (store) => {
    const data = { text: 'naïve “ü” 🚀 \u2028\0', list: [1, 0.5, -0, true, null], deep: { '': {} } }
    const expected = [JSON.parse(JSON.stringify(data)), null, '', 0, false]
    for (const one of [data, undefined, '', 0, false]) await store.append('log', one)
    same(await dataOf(store, 'log'), expected, 'the events')
  })

  check('rejects data that JSON cannot say, and changes nothing', async (store) => {
    await store.raise('ann/1', 0)
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    for (const data of [loop, () => 1, Symbol('one')]) {
      await rejects(store.commit({ key: 'ann/1', n: 1, publish: [at('log', 1), at('log', data)] }), 'a commit')
      await rejects(store.append('log', data), 'append')
    }
    same(await store.last('ann/1'), 0, 'last')
    same(await dataOf(store, 'log'), [], 'the events')
  })

  check('does a write with its commit or not at all', async (store) => {
    await store.raise('ann/1', 0)
    const given: unknown[] = []
    const commit = (n: number, write: Commit['write']) => store.commit({ ...taking('ann/1', n, 'log'), write })
    try {
      await commit(1, (database) => void given.push(database))
    } catch {
      // A store without transactions has to say so, and has done nothing.
      same([await store.last('ann/1'), given.length], [0, 0], 'last, and the writes that were made')
      return
    }
    same(given.length, 1, 'the writes that were made')
    if (given[0] !== store.database) throw new Error('write was not given what the store calls its database')
    same(await commit(3, (database) => void given.push(database)), null, 'a commit after a gap')
    same(given.length, 1, 'the writes after a commit that was not taken')
    const failure = new Error('mine')
    const thrown = await rejects(
      commit(2, () => {
        throw failure
      }),
      'a commit whose write throws',
    )
    if (thrown !== failure) throw new Error('a commit did not reject with what its write threw')
    same(await store.last('ann/1'), 1, 'last after a write that threw')
    const refused = await commit(2, () => 'no')
    same([refused?.refused, refused?.events], ['no', []], 'a commit whose write refused')
    same(await store.refusals('ann/1'), [[2, 'no']], 'the refusals')
    same(await dataOf(store, 'log'), [1], 'the events')
  })

  check('reads a stream from any position, in pages, and says when it stands at its end', async (store) => {
    const start = await store.position('log')
    same(await store.since('log', start, 10), [], 'since the start of nothing')
    const positions = []
    for (const n of upTo(25)) positions.push(await store.append('log', n))
    const end = await store.position('log')
    same(end, positions[24], 'the position')
    same(end.offset - start.offset, 25, 'the steps')
    const page = async (from: typeof start) => (await store.since('log', from, 10))?.map(({ data }) => data)
    same(await page(start), upTo(10), 'the first page')
    same(await page(positions[9] ?? start), upTo(20).slice(10), 'the second page')
    same(await page(positions[19] ?? start), upTo(25).slice(20), 'the third page')
    same(await page(end), [], 'the page after the end')
  })

  check('has no part of a stream whose counting is another, or whose end lies before', async (store) => {
    const position = await store.append('log', 1)
    same(await store.since('log', { ...position, epoch: 'another' }, 10), null, 'since another epoch')
    same(await store.since('log', { ...position, offset: position.offset + 1 }, 10), null, 'since what is not yet')
  })

  check('tells each event once, in order, of its topic alone, until told to stop', async (store) => {
    const heard = listen(store, 'log')
    listen(store, 'other')
    await store.raise('ann/1', 0)
    const work: Promise<unknown>[] = []
    for (const n of upTo(40))
      work.push(n % 2 ? store.append('log', n) : store.commit({ key: 'ann/1', n: n / 2, publish: [at('log', n)] }))
    await Promise.all(work)
    await store.append('other', 'x')
    const end = await store.append('log', 'end')
    await heard.until(end.offset)
    const told = heard.events.map(({ offset }) => offset)
    same(
      told,
      upTo(41).map((n) => end.offset - 41 + n),
      'the offsets',
    )
    same(
      heard.events.map(({ data }) => data),
      await dataOf(store, 'log'),
      'what was told',
    )
    heard.stop()
    const after = listen(store, 'log')
    await after.until((await store.append('log', 'more')).offset)
    same(heard.events.length, told.length, 'what was told after the end')
  })

  if (options.reopen) {
    check('remembers all of it after a restart, epoch included', async (store) => {
      await store.raise('ann/1', 0)
      await store.commit(taking('ann/1', 1, 'log'))
      await store.commit({ ...taking('ann/1', 2), refused: 'no' })
      const [epoch, position] = [await store.epoch, await store.position('log')]
      const again = (await options.reopen?.(store)) as SessionStore
      again.keep?.(retention, () => NOW)
      same(await again.epoch, epoch, 'the epoch')
      same(await again.last('ann/1'), 2, 'last')
      same(await again.refusals('ann/1'), [[2, 'no']], 'the refusals')
      same(await again.position('log'), position, 'the position')
      isTaken(await again.commit(taking('ann/1', 3, 'log')), 3)
      same(await dataOf(again, 'log'), [1, 3], 'the events')
    })
  }

  if (options.join) {
    check('tells through one store what was published through another', async (store) => {
      const other = (await options.join?.(store)) as SessionStore
      other.keep?.(retention, () => NOW)
      same(await other.epoch, await store.epoch, 'the epoch')
      const [here, there] = [listen(store, 'log'), listen(other, 'log')]
      await other.position('log')
      for (const n of upTo(20)) await (n % 2 ? store : other).append('log', n)
      const end = await store.position('log')
      for (const heard of [here, there]) {
        await heard.until(end.offset)
        same(heard.events.map(({ data }) => data).slice(-20), upTo(20), 'what was told')
      }
    })
  }

  const limited = (name: string, limits: Partial<Retention>, body: LimitedBody) =>
    check(name, async (store) => {
      if (!store.keep) return
      let now = NOW
      store.keep({ ...retention, ...limits }, () => now)
      await body(store, (ms) => {
        now += ms
      })
    })

  limited('forgets a client after its memory', { memory: 1000 }, async (store, pass) => {
    await store.raise('ann/1', 5)
    pass(999)
    same(await store.last('ann/1'), 5, 'last within the memory')
    pass(1001)
    same(await store.last('ann/1'), undefined, 'last after the memory')
    await store.raise('ann/1', 2)
    isTaken(await store.commit(taking('ann/1', ((await store.last('ann/1')) ?? 0) + 1)), 3)
  })

  const history = { events: 10, bytes: 1 << 20, age: DAY }
  limited('keeps so many events, the latest, and has no part of what is gone', { history }, async (store) => {
    const positions = await Promise.all(upTo(500).map((n) => store.append('log', n)))
    const [first, end] = [positions[0], positions[499]]
    if (!first || !end) return
    same(await store.since('log', first, 1000), null, 'since the first of 500')
    const kept = await store.since('log', { ...end, offset: end.offset - 10 }, 1000)
    same(
      kept?.map(({ data }) => data),
      upTo(500).slice(490),
      'the last 10',
    )
  })

  limited('keeps so many bytes', { history: { ...history, events: 1000, bytes: 5000 } }, async (store) => {
    const first = await store.append('log', 'x'.repeat(1000))
    await Promise.all(upTo(100).map(() => store.append('log', 'x'.repeat(1000))))
    same(await store.since('log', first, 1000), null, 'since the first of 100 kB')
    const { epoch, offset } = await store.position('log')
    same((await store.since('log', { epoch, offset: offset - 2 }, 10))?.length, 2, 'the last two')
  })

  limited('keeps so long', { history: { ...history, age: 1000 } }, async (store, pass) => {
    const start = await store.position('log')
    const first = await store.append('log', 1)
    pass(1001)
    same(await store.since('log', start, 10), null, 'since what is too old')
    same(await store.since('log', first, 10), [], 'since the end')
    await store.append('log', 2)
    same(
      (await store.since('log', first, 10))?.map(({ data }) => data),
      [2],
      'since the first',
    )
  })

  return checks
}

type LimitedBody = (store: SessionStore, pass: (ms: number) => void) => Promise<void>

/** Any moment, as long as it stands still. */
const NOW = 1_750_000_000_000

const at = (topic: string, data: unknown) => ({ topic, data })
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)
/** A commit that publishes its number in `topic`. */
const taking = (key: string, n: number, topic?: string): Commit => ({ key, n, publish: topic ? [at(topic, n)] : [] })

async function dataOf(store: SessionStore, topic: string): Promise<unknown[] | undefined> {
  const { epoch, offset } = await store.position(topic)
  const start = offset && (await firstOf(store, topic, epoch, offset))
  return (await store.since(topic, { epoch, offset: start }, 10_000))?.map(({ data }) => data)
}

/** A topic may begin to count above 0. */
async function firstOf(store: SessionStore, topic: string, epoch: string, end: number): Promise<number> {
  for (let offset = 0; offset < end; offset++) if (await store.since(topic, { epoch, offset }, 1)) return offset
  return end
}

function listen(store: SessionStore, topic: string) {
  const events: StreamEvent[] = []
  let wake = () => {}
  const stop = store.watch(topic, (event) => {
    events.push(event)
    wake()
  })
  const until = async (offset: number) => {
    while (!events.some((event) => event.offset >= offset)) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { events, stop, until }
}

function same(got: unknown, expected: unknown, what: string): void {
  const [is, should] = [got, expected].map((value) => (value === undefined ? 'undefined' : JSON.stringify(value)))
  if (is !== should) throw new Error(`${what}: expected ${should}, got ${is}`)
}

function isTaken(done: unknown, n: number): void {
  if (!done) throw new Error(`commit ${n} was not taken although it followed the one before`)
}

async function rejects(work: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await work
  } catch (thrown) {
    return thrown
  }
  throw new Error(`${what}: expected a rejection, and there was none`)
}
