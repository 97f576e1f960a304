/**
 * Owns the promise that docs/GRAPHQL.md and the guide's page say what there is: each number has a test, each number
 * that a test cites is there, tables name what exists, close codes are the client's. The examples compile with those of
 * the whole guide.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Document, names, read, section, table, tables } from '../support/markdown.ts'
import { typecheck } from '../support/typecheck.ts'
import { acknowledged } from './stage.ts'

const protocol = read('docs/GRAPHQL.md')
const english = read('docs/guide/graphql.md')
const guides = [english, read('docs/guide/zh/graphql.md')]

describe('docs/GRAPHQL.md', () => {
  it('has a test for every number, and a number for every test', () => {
    const numbers = tables(protocol.prose).flatMap((rows) =>
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
    expect(table(section(protocol, 'The protocol, line by line'))).toHaveLength(15)
  })
})

/** The section at the same place as one of the English page. */
const at = (page: Document, title: string) =>
  section(page, page.headings[english.headings.findIndex((heading) => heading.title === title)]?.title as string)

describe.each(guides)('$file', (page) => {
  it('lists exactly what there is', () => {
    const listed = (title: string, index = 0) =>
      (tables(at(page, title))[index] ?? []).flatMap(([cell]) => names((cell as string).replace(/^`new [^`]*`/, '')))
    const lists: [type: string, names: string[]][] = [
      ['keyof GraphQLSubscriptionClient', listed('The client')],
      ['Exclude<keyof GraphQLClientOptions, keyof WebSocketReconnectOptions>', listed('The client', 1)],
      ['keyof Subscription', listed('In React')],
      [
        'keyof SubscriptionOptions',
        names(
          /`useSubscription\(query, options\)` \S+ (`variables`.*?`client`)/s.exec(at(page, 'In React'))?.[1] as string,
        ),
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
    const rows = tables(at(page, 'What goes wrong, and what you get'))[1] as string[][]
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
  })
})
