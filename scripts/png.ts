/**
 * Owns how pictures become small: screenshots are read, brought to 255 colours that all frames share, and written as a PNG,
 * or, if they are several, as an APNG whose frames hold what has changed. Only Node's zlib is needed. Must never be given
 * anything but what Chromium writes: 8 bits a channel, not interlaced.
 */

import { crc32, deflateSync, inflateSync } from 'node:zlib'

interface Picture {
  width: number
  height: number
  /** 0xRRGGBB of each pixel, row by row. */
  pixels: Uint32Array
}

export interface Frame {
  png: Buffer
  /** Ms that it is shown. */
  shown: number
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** The last of 256 colours is none at all: what is under it stays. */
const none = 255

/** One picture. */
export const smallPng = (png: Buffer): Buffer => animatedPng([{ png, shown: 0 }])

/** One picture after the other, over and over. */
export function animatedPng(frames: readonly Frame[]): Buffer {
  const pictures = frames.map(({ png }) => readPng(png))
  const { width, height } = pictures[0] as Picture
  const palette = choosePalette(pictures)
  const nearest = nearestIn(palette)
  const parts = [signature, chunk('IHDR', [...u32(width), ...u32(height), 8, 3, 0, 0, 0])]
  const isFilm = frames.length > 1
  if (isFilm) parts.push(chunk('acTL', [...u32(frames.length), ...u32(0)]))
  // A list that is too short for `none` would make its transparency void.
  const colors = isFilm ? Array.from({ length: 256 }, (_, n) => palette[n] ?? 0) : palette
  const channels = colors.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255])
  parts.push(chunk('PLTE', channels))
  const alphas = colors.map((_, n) => (n === none ? 0 : 255))
  if (isFilm) parts.push(chunk('tRNS', alphas))

  let sequence = 0
  let before: Uint8Array | null = null
  for (const [index, { pixels }] of pictures.entries()) {
    const indexed = Uint8Array.from(pixels, nearest)
    const box = before ? changedBox(before, indexed, width) : { left: 0, top: 0, width, height }
    const data = deflateSync(rowsOf(indexed, before, box, width), { level: 9 })
    if (isFilm) {
      const { shown } = frames[index] as Frame
      const place = [box.width, box.height, box.left, box.top].flatMap(u32)
      // Drawn over the one before.
      parts.push(chunk('fcTL', [...u32(sequence++), ...place, ...u16(shown), ...u16(1000), 0, before ? 1 : 0]))
    }
    parts.push(before ? chunk('fdAT', [...u32(sequence++), ...data]) : chunk('IDAT', data))
    before = indexed
  }
  return Buffer.concat([...parts, chunk('IEND', [])])
}

const u32 = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
const u16 = (n: number) => [(n >>> 8) & 255, n & 255]

function chunk(type: string, data: Iterable<number>): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(Uint8Array.from(data))])
  return Buffer.concat([Buffer.from(u32(body.length - 4)), body, Buffer.from(u32(crc32(body)))])
}

interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Where something is different; a pixel where nothing is, because a frame has at least one. */
function changedBox(before: Uint8Array, now: Uint8Array, width: number): Box {
  let [left, top, right, bottom] = [width, -1, -1, -1]
  for (let at = 0; at < now.length; at++) {
    if (now[at] === before[at]) continue
    const x = at % width
    bottom = Math.floor(at / width)
    if (top < 0) top = bottom
    left = Math.min(left, x)
    right = Math.max(right, x)
  }
  return top < 0
    ? { left: 0, top: 0, width: 1, height: 1 }
    : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/** The rows of a box, unfiltered, as suits few colours; what has not changed is no colour, which packs best. */
function rowsOf(now: Uint8Array, before: Uint8Array | null, { left, top, width, height }: Box, stride: number): Buffer {
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (top + y) * stride + left + x
      rows[y * (width + 1) + 1 + x] = before && before[at] === now[at] ? none : (now[at] as number)
    }
  }
  return rows
}

/** The commonest colours that are far enough from each other; how far, the number of colours decides. */
function choosePalette(pictures: readonly Picture[]): number[] {
  const counts = new Map<number, number>()
  for (const { pixels } of pictures) for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1)
  const common = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color)
  for (let apart = 0; ; apart = apart * 1.5 + 4) {
    const palette: number[] = []
    for (const color of common) {
      if (apart && palette.some((one) => distance(one, color) <= apart)) continue
      if (palette.push(color) > none) break
    }
    if (palette.length <= none) return palette
  }
}

/** Squared, with green seen best and blue least. */
function distance(a: number, b: number): number {
  const [red, green, blue] = [(a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255)]
  return 2 * red * red + 4 * green * green + blue * blue
}

function nearestIn(palette: readonly number[]): (color: number) => number {
  const known = new Map(palette.map((color, index) => [color, index]))
  return (color) => {
    let found = known.get(color)
    if (found === undefined) {
      found = 0
      for (let n = 1; n < palette.length; n++) {
        if (distance(palette[n] as number, color) < distance(palette[found] as number, color)) found = n
      }
      known.set(color, found)
    }
    return found
  }
}

export function readPng(png: Buffer): Picture {
  const header = png.subarray(16, 33)
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const channels = { 2: 3, 6: 4 }[header[9] as number]
  if (!png.subarray(0, 8).equals(signature) || header[8] !== 8 || !channels || header[12] !== 0)
    throw new TypeError('expected a PNG with 8 bits a channel, in colour and not interlaced')
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const bytes = unfilter(inflateSync(Buffer.concat(parts)), width * channels, height, channels)
  const pixels = Uint32Array.from({ length: width * height }, (_, n) => {
    const at = n * channels
    return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
  })
  return { width, height, pixels }
}

/** PNG, section 9: each byte was written as its difference from what stands left, above, or both. */
function unfilter(data: Buffer, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)] as number
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x < step ? 0 : (out[at - step] as number)
      const above = y ? (out[at - stride] as number) : 0
      const corner = y && x >= step ? (out[at - stride - step] as number) : 0
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] as number
      out[at] = (data[y * (stride + 1) + 1 + x] as number) + guess
    }
  }
  return out
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? above : corner
}
