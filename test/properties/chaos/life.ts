/**
 * Owns one chaos run: pages of one user that send through one outbox, a reader that resumes, a server, and everything that can go
 * wrong between them; and what must be true of it all. The same seed gives the same run.
 */

import { memoryStore } from '../../../src/server/index.ts'
import { type Delivery, type Framing, OutboxError, type Position, Session } from '../../../src/session/index.ts'
import { mulberry32 } from '../../support/index.ts'
import { Disk } from './disk.ts'
import { Network } from './network.ts'
import { Page } from './page.ts'
import { Process } from './process.ts'
import { Time } from './time.ts'

export interface Plan {
  readonly messages: number
  readonly faults: number
  /** The server's memory is lost now and then. */
  readonly losesMemory?: boolean
  readonly framing?: Framing
}

export interface Outcome {
  readonly seed: number
  readonly wrong: string[]
  readonly accepted: number
  readonly done: number
  readonly faults: number
  readonly refused: number
  readonly repeats: number
  readonly losses: number
  readonly resets: number
}

const WINDOW = 32
/** One in a hundred. */
const isRefused = (id: number) => id % 100 === 37

interface Tab {
  readonly page: Page
  readonly session: Session<{ id: number }>
}

export async function live(seed: number, plan: Plan): Promise<Outcome> {
  const random = mulberry32(seed)
  const upTo = (n: number) => Math.floor(random() * n)
  const time = new Time()
  const network = new Network(time, () => 1 + random() * 8)
  const disk = new Disk(time, random)
  const wrong: string[] = []
  const complain = (text: string) => wrong.length < 10 && wrong.push(text)

  // ── the server
  const done: { n: number; id: number }[] = []
  /** What the readers must hear, of the memory in force. */
  let kept: number[] = []
  let losses = 0
  let store = memoryStore({ epoch: 'e0' })
  const start = () =>
    new Process(
      {
        ...{ time, network, random, isRefused, framing: plan.framing },
        onDone: (n, id) => {
          done.push({ n, id })
          kept.push(id)
        },
      },
      store,
    )
  let server = start()
  const restart = () => {
    server.kill()
    time.later(random() * 300, () => {
      if (server.isDead) server = start()
    })
  }

  // ── the pages
  const tabs: Tab[] = []
  const accepted = new Map<number, Delivery | undefined>()
  const failed = new Set<number>()
  const told = new Set<number>()
  const acked = new Set<number>()
  const flagged = new Set<number>()
  const engine = (page: Page, user: string) => ({
    ...{ url: 'wss://chaos.test/', clock: page.clock, random, WebSocket: network.socketOf(page, user) },
    ...{ baseDelay: 20, maxDelay: 300, maxRetries: Infinity, minUptime: 0, circuitBreaker: false as const },
    ...{ environment: false as const, heartbeatInterval: 400, heartbeatTimeout: 100, connectTimeout: 500 },
    framing: plan.framing,
  })
  const openTab = () => {
    const page = new Page(time)
    const session = new Session<{ id: number }>({
      ...engine(page, 'ann'),
      window: WINDOW,
      outbox: { name: 'chaos', store: disk.storeOf(page), maxMessages: 200 },
    })
    session.ws.on('error', () => {})
    // As an application does: what was refused is shown to somebody, and then forgotten.
    const look = () => {
      isLooking = false
      for (const { n, data, status, isUncertain } of session.outbox.entries()) {
        if (isUncertain) flagged.add(data.id)
        if (status !== 'refused') continue
        told.add(data.id)
        session.outbox.discard(n).catch(() => {})
      }
    }
    let isLooking = false
    session.outbox.subscribe(() => {
      if (!isLooking) page.clock.setTimeout(look, 100)
      isLooking = true
    })
    session.connect().catch(() => {})
    tabs.push({ page, session })
  }
  const closeTab = ({ page }: Tab) => {
    page.isDead = true
    disk.forget(page)
    for (const wire of network.wires) if (wire.page === page) wire.cut(0, random() * 50)
    tabs.splice(
      tabs.findIndex((tab) => tab.page === page),
      1,
    )
    if (!tabs.length) openTab()
  }
  let lastId = 0
  const write = ({ session }: Tab) => {
    const id = ++lastId
    let delivery: Delivery
    try {
      delivery = session.send({ id })
    } catch (error) {
      if (!(error instanceof OutboxError)) throw error
      failed.add(id)
      return false
    }
    delivery.stored.then(
      () => accepted.set(id, delivery),
      () => failed.add(id),
    )
    delivery.acked.then(
      () => acked.add(id),
      (error) => error.code === 'REFUSED' && told.add(id),
    )
    return true
  }

  // ── the reader
  let heard: number[] = []
  let resets = 0
  let position: Position = { epoch: 'e0', offset: 0 }
  let reader: Tab
  const openReader = () => {
    const page = new Page(time)
    const session = new Session<{ id: number }>(engine(page, 'bob'))
    session.ws.on('error', () => {})
    session.follow<{ id: number }>(
      'log',
      {
        onEvent({ id }, at) {
          heard.push(id)
          position = at
        },
        onReset(at) {
          resets++
          position = at
          // The state is loaded; events go on from there.
          heard = kept.slice(0, at.offset)
        },
      },
      position,
    )
    session.connect().catch(() => {})
    reader = { page, session }
  }

  // ── what goes wrong
  const any = <T>(list: readonly T[]): T | undefined => list[upTo(list.length)]
  const moods = {
    cut: () => any(network.wires)?.cut(random() * 20, random() * 300),
    cutAll: () => network.wires.forEach((wire) => wire.cut(random() * 20, random() * 20)),
    halfOpen: () => {
      const wire = any(network.wires)
      if (wire) wire.isWhole = false
    },
    kill: () => restart(),
    killAtCommit: () => {
      server.killAtCommit = true
      time.later(200, restart)
    },
    killInFanOut: () => {
      server.killAtFrame = upTo(40)
      time.later(200, restart)
    },
    brokenStore: () => {
      server.isBroken = true
      const { isBroken: _, ...broken } = { isBroken: 0, server }
      time.later(random() * 100, () => {
        broken.server.isBroken = false
      })
    },
    reload: () => {
      const tab = any(tabs)
      if (tab) closeTab(tab)
      openTab()
    },
    open: () => tabs.length < 4 && openTab(),
    close: () => {
      const tab = any(tabs)
      if (tab && tabs.length > 1) closeTab(tab)
    },
    freeze: () => {
      const tab = any(tabs)
      if (!tab || tab.page.isFrozen) return
      tab.page.isFrozen = true
      time.later(random() * 200, () => disk.steal(random() * 150))
      time.later(150 + random() * 400, () => tab.page.thaw())
    },
    steal: () => disk.steal(random() * 200),
    full: () => {
      disk.isFull = true
      time.later(random() * 150, () => {
        disk.isFull = false
      })
    },
    reloadReader: () => {
      reader.page.isDead = true
      for (const wire of network.wires) if (wire.page === reader.page) wire.cut(0, random() * 50)
      openReader()
    },
  }
  const forget = () => {
    losses++
    store = memoryStore({ epoch: `e${losses}` })
    kept = []
    restart()
  }

  openTab()
  openTab()
  openReader()
  await time.advance(50)
  const names = Object.keys(moods) as (keyof typeof moods)[]
  let faults = 0
  while (accepted.size < plan.messages) {
    const tab = any(tabs) as Tab
    const burst = 1 + upTo(40)
    if (!tab.page.isFrozen) for (let i = 0; i < burst && write(tab); i++);
    await time.advance(random() * 40)
    const share = accepted.size / plan.messages
    while (faults < plan.faults * share) {
      moods[any(names) as keyof typeof moods]()
      faults++
      if (plan.losesMemory && faults % 40 === 0) forget()
      await time.advance(random() * 30)
    }
  }

  // ── the storm is over
  disk.isFull = false
  for (const { page } of tabs) page.thaw()
  await time.advance(1000)
  if (server.isDead) server = start()
  server.killAtCommit = false
  server.killAtFrame = Infinity
  server.isBroken = false
  for (let i = 0; i < 60; i++) {
    await time.advance(1000)
    if (tabs.every(({ session }) => session.outbox.size === 0) && heard.length === kept.length) break
  }

  // ── what must be true
  const left = await disk.read().then(({ messages }) => messages.filter(({ end }) => !end))
  if (left.length) complain(`${left.length} left in the outbox, from ${left[0]?.n}`)
  const numberOf = new Map([...disk.numbered].map(([n, data]) => [(data as { id: number }).id, n]))
  const times = new Map<number, number>()
  let repeats = 0
  let last = 0
  for (const { n, id } of done) {
    const count = (times.get(id) || 0) + 1
    times.set(id, count)
    if (numberOf.get(id) !== n) complain(`message ${id} was done as ${n}, and stored as ${numberOf.get(id)}`)
    if (count > 1) {
      repeats++
      if (!plan.losesMemory) complain(`message ${id} was done twice`)
      else if (!disk.flagged.has(n)) complain(`message ${id} was done twice and never flagged`)
    } else if (n < last) complain(`number ${n} came after ${last}`)
    last = Math.max(last, n)
  }
  for (const [id] of accepted) {
    const isDone = times.has(id)
    if (!isDone && !isRefused(id)) complain(`message ${id} (${numberOf.get(id)}) was accepted and is lost`)
    if (isRefused(id) && !told.has(id)) complain(`message ${id} was refused and nobody was told`)
  }
  for (const id of failed) if (times.has(id)) complain(`message ${id} was not accepted, and yet it was done`)
  for (const id of acked) if (isRefused(id)) complain(`message ${id} was refused, and called done`)
  for (const id of told) if (!isRefused(id)) complain(`message ${id} was not refused, and called so`)
  for (const { session } of tabs) if (session.outbox.size) complain(`a tab believes ${session.outbox.size} to be left`)
  if (heard.join() !== kept.join()) {
    const at = kept.findIndex((id, i) => heard[i] !== id)
    complain(`the reader has ${heard.length} of ${kept.length}, other from ${at}: ${heard[at]} for ${kept[at]}`)
  }
  if (repeats > WINDOW * losses) complain(`${repeats} repeats after ${losses} losses`)
  if (!plan.losesMemory && disk.flagged.size) complain(`${disk.flagged.size} flagged, and nothing was lost`)
  for (const tab of tabs) tab.page.isDead = true
  const { size: refused } = told
  return { seed, wrong, accepted: accepted.size, done: done.length, faults, refused, repeats, losses, resets }
}
