/**
 * What a production build does when its url, its functions or its tree change, in a real Chromium: never more than one
 * live socket, none after unmount as the server counts them, one handshake per real change (R30, R32, R33).
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReactStage, type ReactStage, type Scene } from './react-stage.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(['19', '18'] as const)('React %s', (react) => {
  let stage: ReactStage
  beforeAll(async () => {
    stage = await openReactStage(react)
  })
  afterAll(() => stage.close())

  /** Leaves, and asks the server who is left; twice, for those who come late. */
  async function expectNobody(scene: Scene): Promise<void> {
    await scene.leave()
    await expect.poll(stage.server.live).toBe(0)
    const { upgrades } = stage.server
    const before = upgrades.length
    await pause(1000)
    expect([stage.server.live(), upgrades.length]).toEqual([0, before])
    expect((await scene.seen()).errors).toEqual([])
  }

  it('[R33] a url switched in a mount effect: the new one connects, the old queue goes nowhere', async () => {
    const scene = await stage.open()
    const { server } = stage
    await scene.show('switching', { url: server.url, says: 'mine' })
    await scene.shows('OPEN')
    await expect.poll(() => server.heard['/after']).toEqual(['mine /after'])
    expect(server.heard['/before'] ?? []).toEqual([])
    expect(server.upgrades.filter((path) => path === '/after')).toHaveLength(1)
    expect(server.upgrades.length).toBeLessThanOrEqual(2)
    // A socket that was given up before it opened may go a moment after the other has come.
    await expect.poll(server.live).toBe(1)
    expect((await scene.seen()).mostSockets).toBe(1)
    await expectNobody(scene)
  })

  it('[R33] inline provider functions: one handshake in 100 renders, and the latest closure at the next', async () => {
    const scene = await stage.open()
    const { server } = stage
    await scene.show('inline', { url: server.url, tick: 0 })
    await scene.shows('OPEN')
    for (let tick = 1; tick <= 100; tick++) await scene.show('inline', { url: server.url, tick })
    await scene.rests()
    expect(server.upgrades).toEqual(['/0'])
    server.tell('hang-up')
    await expect.poll(() => server.upgrades).toEqual(['/0', '/100'])
    await scene.shows('OPEN')
    expect((await scene.notes()).asked).toEqual(['url 0 0', 'url 100 1'])
    expect((await scene.seen()).mostSockets).toBe(1)
    await expectNobody(scene)
  })

  it('[R33] five quick navigations: the last one stays', async () => {
    const scene = await stage.open()
    const { server } = stage
    await scene.show('visit', { url: `${server.url}/0` })
    await scene.shows('OPEN')
    for (let i = 1; i <= 5; i++) await scene.show('visit', { url: `${server.url}/${i}`, says: `for ${i}` })
    await expect.poll(() => server.heard['/5']).toEqual(['for 5'])
    await scene.shows('OPEN')
    await expect.poll(server.live).toBe(1)
    // A handshake that was overtaken may never have reached the server.
    expect(new Set(server.upgrades).size).toBe(server.upgrades.length)
    expect(server.upgrades.length).toBeLessThanOrEqual(6)
    for (let i = 1; i <= 4; i++) expect([[], [`for ${i}`]]).toContainEqual(server.heard[`/${i}`] ?? [])
    const { mostSockets, sockets } = await scene.seen()
    expect(mostSockets).toBe(1)
    expect(sockets).toBeLessThanOrEqual(6)
    await expectNobody(scene)
  })

  it('[R30] 60 mounts and unmounts leave nothing behind', async () => {
    const scene = await stage.open()
    const { server } = stage
    for (let i = 0; i < 60; i++) {
      await scene.show('visit', { url: server.url, isMounted: true })
      // Some are unmounted while connecting, some when they are open.
      if (i % 3 === 0) await scene.shows('OPEN')
      await scene.show('visit', { url: server.url, isMounted: false })
      // Every second one comes at once, while the one before it may still be leaving, which takes a task.
      if (i % 2 === 0) await expect.poll(async () => (await scene.seen()).living, { interval: 1 }).toBe(0)
    }
    await expect.poll(server.live).toBe(0)
    expect(server.upgrades.length).toBeLessThanOrEqual(60)
    expect((await scene.seen()).mostSockets).toBeLessThanOrEqual(2)
    await expectNobody(scene)
  })

  it('[R30] unmounted while connecting: nobody arrives', async () => {
    const scene = await stage.open()
    const { server } = stage
    await scene.show('visit', { url: `${server.url}/slow`, says: 'too late' })
    await expect.poll(() => server.upgrades).toEqual(['/slow'])
    await scene.show('visit', { url: `${server.url}/slow`, isMounted: false })
    await pause(800)
    expect(server.live()).toBe(0)
    expect(server.heard['/slow'] ?? []).toEqual([])
    await expectNobody(scene)
  })
})
