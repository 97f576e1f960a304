/** The pictures of the READMEs: small, with words for who cannot see them, light and dark; and how they are made small. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { animatedPng, readPng, smallPng } from '../../scripts/png.ts'

const folder = 'docs/pictures'

describe.each(['README.md', 'README.zh-CN.md'])('%s', (file) => {
  const text = readFileSync(file, 'utf8')
  const shown = [...text.matchAll(/docs\/pictures\/[\w-]+\.png/g)].map(([path]) => path)

  it('shows every picture there is, and none that is not', () => {
    expect([...new Set(shown)].sort()).toEqual(readdirSync(folder).map((name) => `${folder}/${name}`))
  })

  it('says of each what it shows, and has a dark one for whoever likes that', () => {
    const pictures = [...text.matchAll(/<picture>.*?<\/picture>/g)].map(([picture]) => picture)
    expect(pictures).toHaveLength(3)
    for (const picture of pictures) {
      const [, dark] = /<source media="\(prefers-color-scheme: dark\)" srcset="(.+?)-dark\.png">/.exec(picture) ?? []
      expect(picture).toContain(`src="${dark}-light.png"`)
      expect(/alt="([^"]+)"/.exec(picture)?.[1]?.length).toBeGreaterThan(15)
    }
    expect(text).toMatch(/!\[[^\]]{20,}\]\(docs\/pictures\/killed\.png\)/)
  })
})

it('no picture is larger than 150 kB, and the film not larger than 2 MB', () => {
  const large = readdirSync(folder).filter(
    (name) => statSync(`${folder}/${name}`).size > (name === 'killed.png' ? 2_000_000 : 150_000),
  )
  expect(large).toEqual([])
})

describe('how they are made small', () => {
  const u32 = (n: number) => Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    return Buffer.concat([u32(data.length), body, u32(crc32(body))])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  /** As a screenshot comes: RGB, each row with its filter. */
  const screenshot = (width: number, rows: number[][]) =>
    Buffer.concat([
      signature,
      chunk('IHDR', Buffer.concat([u32(width), u32(rows.length), Buffer.from([8, 2, 0, 0, 0])])),
      chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
      chunk('IEND', Buffer.alloc(0)),
    ])
  /** The chunks of what was written: type and data. */
  const chunksOf = (png: Buffer) => {
    const found: [string, Buffer][] = []
    for (let at = 8; at < png.length; ) {
      const length = png.readUInt32BE(at)
      expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(png.subarray(at + 4, at + 8 + length)))
      found.push([png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length)])
      at += 12 + length
    }
    return found
  }

  it('reads every filter that a PNG may have', () => {
    // Two pixels a row; each row is (10, 20, 30), (40, 50, 60), whatever its filter makes of that.
    const rows = [
      [0, 10, 20, 30, 40, 50, 60],
      [1, 10, 20, 30, 30, 30, 30],
      [2, 0, 0, 0, 0, 0, 0],
      [3, 5, 10, 15, 15, 15, 15],
      [4, 0, 0, 0, 0, 0, 0],
    ]
    const { pixels } = readPng(screenshot(2, rows))
    expect([...pixels]).toEqual(Array.from({ length: 5 }, () => [0x0a141e, 0x28323c]).flat())
  })

  it('keeps a picture of few colours as it is', () => {
    const png = smallPng(screenshot(2, [[0, 10, 20, 30, 40, 50, 60]]))
    expect(chunksOf(png).map(([type]) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND'])
    expect([...(chunksOf(png)[1]?.[1] ?? [])]).toEqual([10, 20, 30, 40, 50, 60])
  })

  it('brings many colours down to 255, and the commonest stay', () => {
    const row = Array.from({ length: 3000 }, (_, n) => [n & 255, (n >> 4) & 255, (n * 7) & 255]).flat()
    const common = Array.from({ length: 500 }, () => [1, 2, 3]).flat()
    const palette = chunksOf(smallPng(screenshot(3500, [[0, ...row, ...common]])))[1]?.[1] as Buffer
    expect(palette.length / 3).toBeLessThanOrEqual(255)
    expect([...palette.subarray(0, 3)]).toEqual([1, 2, 3])
  })

  it('of a film each frame holds what has changed, with its time; one that changes nothing is a pixel', () => {
    const [first, second] = [screenshot(2, [[0, 9, 9, 9, 9, 9, 9]]), screenshot(2, [[0, 9, 9, 9, 8, 8, 8]])] as [
      Buffer,
      Buffer,
    ]
    const film = chunksOf(
      animatedPng([
        { png: first, shown: 500 },
        { png: second, shown: 70 },
        { png: second, shown: 9 },
      ]),
    )
    expect(film.map(([type]) => type)).toEqual([
      'IHDR',
      'acTL',
      'PLTE',
      'tRNS',
      'fcTL',
      'IDAT',
      'fcTL',
      'fdAT',
      'fcTL',
      'fdAT',
      'IEND',
    ])
    const frames = film.filter(([type]) => type === 'fcTL').map(([, data]) => data)
    // Width, height, left, top; ms, of which a second has 1000.
    expect(frames.map((data) => [4, 8, 12, 16].map((at) => data.readUInt32BE(at)))).toEqual([
      [2, 1, 0, 0],
      [1, 1, 1, 0],
      [1, 1, 0, 0],
    ])
    expect(frames.map((data) => [data.readUInt16BE(20), data.readUInt16BE(22)])).toEqual([
      [500, 1000],
      [70, 1000],
      [9, 1000],
    ])
    // Transparency is void unless its colour is in the list.
    expect(film[2]?.[1]).toHaveLength(768)
    expect(film[3]?.[1].indexOf(0)).toBe(255)
  })

  it('refuses what Chromium does not write', () => {
    expect(() => readPng(Buffer.from('GIF89a and more of that kind, up to some length'))).toThrow(/8 bits a channel/)
  })
})
