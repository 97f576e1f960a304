/**
 * What a production build does with many messages and many readers, in a real Chromium over a real socket: nothing is
 * lost, nothing is rendered twice. (jsdom delivers one message per task and hides losses.)
 */

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReactStage, type ReactStage } from './react-stage.ts'

/** The figures of a run, for whoever reads its output. */
const report = (figures: Record<string, unknown>) => console.log(JSON.stringify(figures))

describe.each(['19', '18'] as const)('React %s', (react) => {
  let stage: ReactStage
  beforeAll(async () => {
    stage = await openReactStage(react)
  })
  afterAll(() => stage.close())

  it('is a production build', async () => {
    const [script] = (await readdir(join(stage.folder, 'assets'))).filter((name) => name.endsWith('.js'))
    const code = await readFile(join(stage.folder, 'assets', script as string), 'utf8')
    expect(code).not.toMatch(/not wrapped in act|NODE_ENV/)
  })

  it('[R31] a burst of 10,000 messages: useMessage hears and useMessages lists all, in order; commits keep to one per 16 ms', async () => {
    const scene = await stage.open()
    await scene.show('burst', { url: stage.server.url })
    await scene.shows('OPEN')
    await scene.rests()
    await scene.forget()
    const from = await scene.page.evaluate(() => performance.now())
    stage.server.tell('burst 10000')
    await scene.shows('9999')
    await scene.rests()
    const { heard, list } = await scene.notes()
    const { commits, errors } = await scene.seen()
    const elapsed = (commits.at(-1) as number) - from
    report({ react, heard: heard.length, listed: list.length, commits: commits.length, elapsed: Math.round(elapsed) })
    const all = Array.from({ length: 10_000 }, (_, i) => String(i))
    expect(heard).toEqual(all)
    expect(list.map(({ data }) => data)).toEqual(all)
    expect(commits.length).toBeLessThanOrEqual(elapsed / 16 + 1)
    expect(errors).toEqual([])
  })

  it.each([
    ['one after the other', 'paced 100 20'],
    ['all at once', 'burst 100'],
  ])('[R31] 20 readers × 100 messages, %s: ≤ 100 commits, and no two readers disagree', async (_, order) => {
    const scene = await stage.open()
    await scene.show('readers', { url: stage.server.url })
    await scene.shows('OPEN')
    await scene.rests()
    await scene.forget()
    stage.server.tell(order)
    await scene.shows(/^OPEN(\s*99){20}$/)
    await scene.rests()
    const { commits, shown, errors } = await scene.seen()
    report({ react, order, readers: 20, commits: commits.length })
    expect(commits.length).toBeLessThanOrEqual(100)
    expect(shown.filter((texts) => texts.length !== 1)).toEqual([])
    expect(errors).toEqual([])
  })

  it('[R31] 1,000 components with topics: a message for one of them is one render and one commit', async () => {
    const scene = await stage.open()
    await scene.show('topics', { url: stage.server.url, count: 1000 })
    await scene.shows('OPEN')
    await scene.rests()
    await scene.forget()
    const names = Array.from({ length: 50 }, (_, i) => `t${(i * 7) % 1000}`)
    for (const [i, name] of names.entries()) {
      stage.server.tell(`topic ${name}`)
      // One at a time, or a busy machine may deliver two in one task, and React renders them in one commit.
      await expect.poll(async () => Object.keys((await scene.notes()).renders).length, { interval: 5 }).toBe(i + 1)
    }
    await scene.rests()
    const { renders } = await scene.notes()
    const { commits, errors } = await scene.seen()
    report({ react, topics: 1000, messages: names.length, commits: commits.length })
    expect(renders).toEqual(Object.fromEntries(names.map((name) => [name, 1])))
    expect(commits).toHaveLength(names.length)
    expect(errors).toEqual([])
  })

  it('[R31] mounting 1,000 users: one socket, ≤ 3 commits', async () => {
    const scene = await stage.open()
    await scene.show('users', { url: stage.server.url, count: 1000 })
    await scene.shows(/^(OPEN\s*){1000}$/)
    await scene.rests()
    const { commits, sockets, errors } = await scene.seen()
    report({ react, users: 1000, sockets, commits: commits.length })
    expect([sockets, stage.server.upgrades.length]).toEqual([1, 1])
    expect(commits.length).toBeLessThanOrEqual(3)
    expect(errors).toEqual([])
  })
})
