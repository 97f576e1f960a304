/** The journal: what it keeps survives, what it bounds stays bounded, and nothing is called kept before it is. */

import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Journal, JournalError } from '../../demo/server/journal.ts'
import { writeDurably } from '../../demo/server/journal-file.ts'
import type { JournalLimits } from '../../demo/server/journal-limits.ts'
import { folder } from '../support/chat-visitor.ts'

const small: Partial<JournalLimits> = { rooms: 2, messages: 5, roomBytes: 1000, ids: 10, fileBytes: 12_000 }
const id = (n: number) => `message-${n}`

async function place() {
  return join(await folder(), 'deep', 'chat.ndjson')
}

describe('the journal', () => {
  it('numbers each room from 1, without holes', async () => {
    const journal = await Journal.open({ path: await place() })
    const kept = await Promise.all([
      journal.keep('lobby', id(1), 'Ada', 'a'),
      journal.keep('attic', id(2), 'Ada', 'b'),
      journal.keep('lobby', id(3), 'Bea', 'c'),
    ])
    expect(kept.map(({ n }) => n)).toEqual([1, 1, 2])
    expect((await journal.keep('lobby', id(4), 'Ada', 'd')).n).toBe(3)
    await journal.close()
  })

  it('calls a message kept only when its line is in the file', async () => {
    const path = await place()
    const journal = await Journal.open({ path })
    await journal.keep('lobby', id(1), 'Ada', 'safe')
    expect(await readFile(path, 'utf8')).toContain('"safe"')
    await journal.close()
  })

  it('knows a repeat by its id: kept, being written, and after a reload', async () => {
    const path = await place()
    const journal = await Journal.open({ path })
    const both = await Promise.all([journal.keep('lobby', id(1), 'Ada', 'a'), journal.keep('lobby', id(1), 'Ada', 'a')])
    expect(both.map(({ n, repeat }) => [n, repeat])).toEqual([
      [1, false],
      [1, true],
    ])
    expect(await journal.keep('lobby', id(1), 'Ada', 'a')).toMatchObject({ n: 1, repeat: true })
    await journal.close()
    const again = await Journal.open({ path })
    expect(await again.keep('lobby', id(1), 'Ada', 'a')).toMatchObject({ n: 1, repeat: true, at: both[0].at })
    expect(again.since('lobby', 0)).toHaveLength(1)
    await again.close()
  })

  it('reloads the same messages, numbers and epoch', async () => {
    const path = await place()
    const journal = await Journal.open({ path })
    for (let n = 1; n <= 7; n++) await journal.keep('lobby', id(n), 'Ada', `text ${n} – ü 漢 🙂\n"\\`)
    const before = journal.since('lobby', 0)
    await journal.close()
    const again = await Journal.open({ path })
    expect(again.since('lobby', 0)).toEqual(before)
    expect(again.epoch).toBe(journal.epoch)
    expect(again.damaged).toBe(0)
    expect((await again.keep('lobby', id(8), 'Ada', 'next')).n).toBe(8)
    await again.close()
  })

  it('leaves out a torn last line at every length, and goes on counting from the line before', async () => {
    const path = await place()
    const journal = await Journal.open({ path })
    await journal.keep('lobby', id(1), 'Ada', 'whole')
    const good = (await stat(path)).size
    await journal.keep('lobby', id(2), 'Ada', 'torn 🙂')
    await journal.close()
    const all = await readFile(path)
    for (let length = good + 1; length < all.length - 1; length++) {
      await writeFile(path, all.subarray(0, length))
      const again = await Journal.open({ path })
      expect(again.since('lobby', 0).map(({ text }) => text)).toEqual(['whole'])
      expect(again.damaged).toBe(1)
      expect((await again.keep('lobby', id(3), 'Ada', 'next')).n).toBe(2)
      await again.close()
      const last = await Journal.open({ path })
      expect(last.since('lobby', 0).map(({ text }) => text)).toEqual(['whole', 'next'])
      expect(last.damaged).toBe(0)
      await last.close()
    }
  })

  it('counts a last line that lacks nothing but its line feed', async () => {
    const path = await place()
    const journal = await Journal.open({ path })
    await journal.keep('lobby', id(1), 'Ada', 'whole')
    await journal.close()
    await writeFile(path, (await readFile(path)).subarray(0, -1))
    const again = await Journal.open({ path })
    await again.keep('lobby', id(2), 'Ada', 'next')
    await again.close()
    const last = await Journal.open({ path })
    expect(last.since('lobby', 0).map(({ text }) => text)).toEqual(['whole', 'next'])
    await last.close()
  })

  it('leaves out lines that are none of its own, and keeps the others', async () => {
    const path = await place()
    const journal = await Journal.open({ path })
    await journal.keep('lobby', id(1), 'Ada', 'one')
    await journal.close()
    const line = { room: 'lobby', n: 2, id: id(2), nick: 'Ada', text: 'x', at: 1 }
    const wrong = [
      { ...line, room: '../etc' },
      { ...line, n: 1 },
      { ...line, n: '2' },
      { ...line, nick: '' },
      { ...line, id: 3 },
    ]
    const texts = ['garbage', '[]', 'null', ...wrong.map((value) => JSON.stringify(value)), JSON.stringify(line)]
    await appendFile(path, `${texts.join('\n')}\n`)
    const again = await Journal.open({ path })
    expect(again.damaged).toBe(texts.length - 1)
    expect(again.since('lobby', 0).map(({ n }) => n)).toEqual([1, 2])
    await again.close()
  })

  it('sets a file aside that is not a journal, and begins a new epoch', async () => {
    const path = await place()
    const first = await Journal.open({ path })
    await first.close()
    await writeFile(path, "somebody's notes\n")
    const journal = await Journal.open({ path })
    expect(journal.epoch).not.toBe(first.epoch)
    expect(journal.damaged).toBe(1)
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe("somebody's notes\n")
    expect((await journal.keep('lobby', id(1), 'Ada', 'a')).n).toBe(1)
    await journal.close()
  })

  it('keeps as many messages and bytes per room as it may, and its file within the bound', async () => {
    const path = await place()
    const limits = { ...small, roomBytes: 700 }
    const journal = await Journal.open({ path, limits })
    let largest = 0
    for (let n = 1; n <= 300; n++) {
      await journal.keep(n % 2 ? 'lobby' : 'attic', id(n), 'Ada', `${n}`.padEnd(n % 5 === 0 ? 200 : 5, '.'))
      largest = Math.max(largest, (await stat(path)).size)
    }
    expect(largest).toBeLessThanOrEqual(12_000)
    expect(journal.compactions).toBeGreaterThan(0)
    for (const room of ['lobby', 'attic']) {
      const kept = journal.since(room, 0)
      expect(kept.length).toBeGreaterThan(0)
      expect(kept.length).toBeLessThanOrEqual(5)
      expect(Buffer.byteLength(kept.map((message) => JSON.stringify({ room, ...message })).join('\n'))).toBeLessThan(
        700,
      )
      expect(kept.at(-1)?.n).toBe(150)
    }
    const before = journal.since('lobby', 0)
    await journal.close()
    const again = await Journal.open({ path, limits })
    expect(again.since('lobby', 0)).toEqual(before)
    expect((await again.keep('lobby', id(301), 'Ada', 'next')).n).toBe(151)
    await again.close()
  })

  it('knows a repeat of a message that a compaction has dropped', async () => {
    const path = await place()
    const journal = await Journal.open({ path, limits: small })
    for (let n = 1; n <= 200; n++) await journal.keep('lobby', id(n), 'Ada', 'some text')
    expect(journal.compactions).toBeGreaterThan(0)
    expect(journal.since('lobby', 0)[0]?.n).toBe(196)
    expect(await journal.keep('lobby', id(192), 'Ada', 'some text')).toMatchObject({ n: 192, repeat: true })
    await journal.close()
    const again = await Journal.open({ path, limits: small })
    expect(await again.keep('lobby', id(192), 'Ada', 'some text')).toMatchObject({ n: 192, repeat: true })
    await again.close()
  })

  it('refuses limits that would make it compact after every message', async () => {
    await expect(Journal.open({ path: await place(), limits: { ...small, fileBytes: 1000 } })).rejects.toThrow(
      /fileBytes/,
    )
  })

  it('opens no room beyond the bound, also within one batch', async () => {
    const journal = await Journal.open({ path: await place(), limits: small })
    const kept = await Promise.allSettled(
      ['a', 'b', 'c', 'a'].map((room, index) => journal.keep(room, id(index), 'Ada', 'x')),
    )
    expect(kept.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    await expect(journal.keep('d', id(9), 'Ada', 'x')).rejects.toMatchObject({ code: 'too-many-rooms' })
    await journal.close()
  })

  it('leaves no hole and no doubled number when the disk fails in the middle of a write', async () => {
    const path = await place()
    let fails = 2
    const write: typeof writeDurably = async (file, lines, position) => {
      if (position > 0 && fails-- > 0) {
        await writeDurably(file, lines.subarray(0, lines.length - 10), position)
        throw new Error('no space left')
      }
      await writeDurably(file, lines, position)
    }
    const journal = await Journal.open({ path, write })
    const texts = ['first '.repeat(50), 'second', 'third']
    for (const index of [0, 1]) {
      const failed = await journal.keep('lobby', id(index), 'Ada', texts[index] as string).catch((error) => error)
      expect(failed).toBeInstanceOf(JournalError)
      expect(failed.code).toBe('storage-failed')
    }
    expect(journal.last('lobby')).toBe(0)
    expect((await journal.keep('lobby', id(0), 'Ada', 'again')).n).toBe(1)
    await journal.close()
    const again = await Journal.open({ path })
    expect(again.damaged).toBe(0)
    expect(again.since('lobby', 0).map(({ n, text }) => [n, text])).toEqual([[1, 'again']])
    await again.close()
  })

  it('bounds what waits to be written, and forgets it when it is closed', async () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const write: typeof writeDurably = async (file, lines, position) => {
      if (position > 0) await released
      await writeDurably(file, lines, position)
    }
    const path = await place()
    const journal = await Journal.open({ path, write, limits: { pending: 2 } })
    const first = journal.keep('lobby', id(1), 'Ada', 'being written')
    await Promise.resolve()
    await Promise.resolve()
    const second = journal.keep('lobby', id(2), 'Ada', 'waiting')
    const third = journal.keep('lobby', id(3), 'Ada', 'waiting')
    await expect(journal.keep('lobby', id(4), 'Ada', 'too many')).rejects.toMatchObject({ code: 'busy' })
    const closed = journal.close()
    await expect(second).rejects.toMatchObject({ code: 'storage-failed' })
    await expect(third).rejects.toMatchObject({ code: 'storage-failed' })
    release()
    expect((await first).n).toBe(1)
    await closed
    const again = await Journal.open({ path })
    expect(again.since('lobby', 0).map(({ text }) => text)).toEqual(['being written'])
    await again.close()
  })
})
