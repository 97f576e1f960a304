/**
 * Owns the promise that docs/GRAPHQL.md says what there is: its examples compile, each of its numbers has a test, each
 * number that a test cites is there, its tables name what exists, its close codes are the client's.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { links, names, read, section, table, tables } from '../support/markdown.ts'
import { typecheck } from '../support/typecheck.ts'
import { acknowledged } from './stage.ts'

const page = read('docs/GRAPHQL.md')

describe('docs/GRAPHQL.md', () => {
  it('has examples that compile in a strict project, and nothing that is no example', () => {
    expect(page.examples).toHaveLength(page.blocks.length)
    expect(typecheck(page.file, Object.fromEntries(page.examples.map(({ name, code }) => [name, code])))).toBe('')
  })

  it('has a test for every number, and a number for every test', () => {
    const numbers = tables(page.prose).flatMap((rows) =>
      rows.map(([id]) => id as string).filter((id) => /^G\d+$/.test(id)),
    )
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => `G${n + 1}`))
    const tests = ['test/graphql', 'test/requirements'].flatMap((room) =>
      readdirSync(room).map((file) => join(room, file)),
    )
    const cited = new Set(
      tests
        .filter((file) => /\.test\.tsx?$/.test(file))
        .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/['"`][^'"`\n]*?\[(G\d+) /g)].map(([, id]) => id)),
    )
    expect(numbers.filter((id) => !cited.has(id))).toEqual([])
    expect([...cited].filter((id) => !numbers.includes(id as string))).toEqual([])
  })

  it('lists exactly what there is', () => {
    const listed = (title: string, index = 0) =>
      (tables(section(page, title))[index] ?? []).flatMap(([cell]) =>
        names((cell as string).replace(/^`new [^`]*`/, '')),
      )
    const lists: [type: string, names: string[]][] = [
      ['keyof GraphQLSubscriptionClient', listed('The client')],
      ['Exclude<keyof GraphQLClientOptions, keyof WebSocketReconnectOptions>', listed('The client', 1)],
      ['keyof Subscription', listed('In React')],
      [
        'keyof SubscriptionOptions',
        names(/takes (`variables`.*?), and returns/s.exec(section(page, 'In React'))?.[1] as string),
      ],
    ]
    const code = lists.map(([type, keys], index) => {
      expect(keys.length, type).toBeGreaterThan(0)
      return `export const list${index} = { ${keys.map((key) => `${key}: 0`)} } satisfies Record<${type}, 0>`
    })
    const imports = `
      import type { WebSocketReconnectOptions } from 'react-websocket-reconnect'
      import type { GraphQLClientOptions, GraphQLSubscriptionClient } from 'react-websocket-reconnect/graphql'
      import type { Subscription, SubscriptionOptions } from 'react-websocket-reconnect/graphql/react'\n`
    expect(typecheck('graphql-lists', { 'lists.ts': imports + code.join('\n') })).toBe('')
  })

  it('treats every close code as the client does', async () => {
    const rows = tables(section(page, 'What goes wrong, and what you get'))[1] as string[][]
    const codes = (row: number) => [...String(rows[row]).matchAll(/\d{4}/g)].map(Number)
    const stops = new Set([...codes(0), ...codes(2)])
    const wrong: number[] = []
    for (const code of [...Array(16).keys()].map((n) => 1000 + n).concat([...Array(600).keys()].map((n) => 3990 + n))) {
      const { world, client } = await acknowledged()
      world.socket.die(code)
      if ((client.ws.state === 'FAILED') !== stops.has(code)) wrong.push(code)
    }
    expect(wrong).toEqual([])
    expect(codes(1)).toEqual([4401, 1008])
    expect(table(section(page, 'The protocol, line by line'))).toHaveLength(15)
  })

  it('has no dead link', () => {
    for (const link of links(page)) {
      const [path, anchor] = link.split('#')
      const target = path ? read(join(dirname(page.file), path)) : page
      if (anchor)
        expect(
          target.headings.map((heading) => heading.anchor),
          link,
        ).toContain(anchor)
    }
  })
})
