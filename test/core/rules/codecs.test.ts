/** Codecs on their own: what they read, what they refuse, what they write. R35. */

import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { json, raw, type StandardSchema } from '../../../src/index.ts'

describe('raw', () => {
  it('[R35] changes nothing, in either direction', () => {
    const bytes = new ArrayBuffer(2)
    expect([raw.decode('x'), raw.decode(bytes), raw.encode('x'), raw.encode(bytes)]).toEqual(['x', bytes, 'x', bytes])
  })
})

describe('json()', () => {
  it('[R35] reads and writes JSON texts', () => {
    const codec = json()
    expect(codec.decode('{"a":[1,null]}')).toEqual({ a: [1, null] })
    expect(codec.encode({ a: [1, null] })).toBe('{"a":[1,null]}')
  })

  it('[R35] refuses what is no JSON', () => {
    for (const text of ['', '{', 'hello']) expect(() => json().decode(text)).toThrow(SyntaxError)
  })

  it('[R35] refuses a binary frame', () => {
    for (const data of [new ArrayBuffer(2), new Blob(['1']), new Uint8Array([49])])
      expect(() => json().decode(data)).toThrow(/binary/)
  })
})

describe('json(schema)', () => {
  const schemas = {
    zod: z.object({ symbol: z.string(), price: z.number() }),
    valibot: v.object({ symbol: v.string(), price: v.number() }),
    arktype: type({ symbol: 'string', price: 'number' }),
  }

  it.each(Object.entries(schemas))('[R35] validates with %s, and says what does not fit', (_, schema) => {
    const codec = json(schema as StandardSchema<{ symbol: string; price: number }>)
    expect(codec.decode('{"symbol":"A","price":1}')).toEqual({ symbol: 'A', price: 1 })
    let thrown: unknown
    try {
      codec.decode('{"symbol":"A","price":"1"}')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(TypeError)
    const { issues } = thrown as { issues: { message: string; path: unknown[] }[] }
    expect(issues).toHaveLength(1)
    expect(issues[0]?.message).toEqual(expect.any(String))
  })

  it('[R35] gives what the schema makes of a message', () => {
    const codec = json(z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }))
    const { at }: { at: Date } = codec.decode('{"at":"2030-01-01T00:00:00Z"}')
    expect(at).toEqual(new Date('2030-01-01T00:00:00Z'))
  })

  it('[R35] refuses a schema that answers with a promise, and lets no rejection of it escape', async () => {
    const escaped: unknown[] = []
    const note = (reason: unknown) => escaped.push(reason)
    process.on('unhandledRejection', note)
    const slow = z.string().refine(async () => true)
    expect(() => json(slow).decode('"x"')).toThrow(/promise/)
    const failing = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('late')) },
    } as const
    expect(() => json(failing).decode('"x"')).toThrow(/promise/)
    await new Promise((resolve) => setTimeout(resolve))
    process.off('unhandledRejection', note)
    expect(escaped).toEqual([])
  })

  it('[R35] throws at once for what is no schema', () => {
    // @ts-expect-error: no Standard Schema
    expect(() => json({ parse: () => {} })).toThrow(/Standard Schema/)
  })
})
