/**
 * Owns the promise that the documents say what the code is: examples compile, tables list what exists with its
 * defaults, rule numbers resolve, links lead somewhere, the diagram is the chart's own, both languages agree.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { withFigures } from '../../bench/figures.ts'
import * as graphqlHooks from '../../hooks/graphql.ts'
import * as hooks from '../../hooks/index.ts'
import * as sessionHooks from '../../hooks/session.ts'
import { drawDiagram, withDiagram } from '../../scripts/diagram.ts'
import { withOptions } from '../../scripts/option-table.ts'
import { interactive, WebSocketReconnect } from '../../src/index.ts'
import { type Book, chinese, english, examplesOf, sectionAt } from '../support/book.ts'
import { createWorld } from '../support/index.ts'
import { type Document, links, names, read, section, table, tables } from '../support/markdown.ts'
import { typecheck } from '../support/typecheck.ts'

const rules = read('docs/RULES.md')
const architecture = read('ARCHITECTURE.md')
const books = [english, chinese]
const others = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/BENCH.md',
  'docs/BROWSERS.md',
  'docs/GRAPHQL.md',
  'docs/MUTATION.md',
]
const documents = [...english.pages, ...chinese.pages, rules, architecture, ...others.map(read)]

/** All files of some rooms. */
const filesOf = (...rooms: string[]): string[] =>
  rooms.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs)$/.test(name))
      .map((name) => join(room, name)),
  )

it('the examples of README and guide compile in a strict project, together', () => {
  // Pages are no files of a project; examples.test.ts runs them.
  const code = examplesOf(english).filter(({ name }) => !name.endsWith('.html'))
  const files = Object.fromEntries(code.map(({ name, code }) => [name, code]))
  expect(Object.keys(files)).toHaveLength(code.length)
  expect(typecheck('guide', files)).toBe('')
})

it.each(['README.md', 'README.zh-CN.md'])('%s is read in one sitting: 260 lines at most', (file) => {
  expect(readFileSync(file, 'utf8').split('\n').length - 1).toBeLessThanOrEqual(260)
})

it.each(books)('README and guide name every hook and component there is, in $language', ({ pages }) => {
  const exported = [hooks, graphqlHooks, sessionHooks]
    .flatMap(Object.keys)
    .filter((name) => /^use|Provider$|^create/.test(name))
  expect(exported.length).toBeGreaterThan(15)
  const readme = pages.find(({ file }) => file.startsWith('README')) as Document
  const guide = pages.filter((page) => page !== readme).map(({ text }) => text)
  const inReadme = exported.filter((name) => name in hooks)
  expect(inReadme.filter((name) => !readme.prose.includes(name))).toEqual([])
  expect(exported.filter((name) => !guide.join('').includes(name))).toEqual([])
})

it.each([...english.pages, ...chinese.pages])('$file tells the figures of the last run of the bench', ({ text }) => {
  const results = JSON.parse(readFileSync('bench/results.json', 'utf8'))
  expect(withFigures(text, results).text).toBe(text)
})

it('the table of options says what the docstrings say', () => {
  const page = readFileSync('docs/guide/options.md', 'utf8')
  expect(withOptions(page)).toBe(page)
})

describe.each(books)('README and guide, $language', (book) => {
  it('has every code block that is no shell command as an example', () => {
    for (const { file, blocks, examples } of book.pages) {
      const code = blocks.filter(({ language }) => language !== 'sh')
      expect(
        examples.map((example) => example.code),
        file,
      ).toEqual(code.map((block) => block.code))
    }
  })

  it('lists exactly what there is', () => {
    const first = (title: string, index = 0) =>
      (tables(sectionAt(book, title))[index] || []).flatMap(([cell]) => names(cell as string))
    const options = first('Options')
    const inGroup = (group: string) =>
      options.filter((name) => name.startsWith(`${group}.`)).map((name) => name.slice(group.length + 1))
    const engine = sectionAt(book, 'The engine alone')
    const members = (/^.*`bufferedAmount`.*$/m.exec(engine) as RegExpExecArray)[0]
    const handlers = sectionAt(book, '`useWebSocket(handlers?)`').match(/\bon[A-Z]\w+/g) || []
    const lists: [type: string, listed: string[]][] = [
      ['WebSocketReconnectOptions', options.filter((name) => !name.includes('.'))],
      ['CircuitBreakerOptions', inGroup('circuitBreaker')],
      ['QueueOptions', inGroup('queue')],
      ['ClientEvents', first('Events')],
      ["Record<DropInfo['reason'], 0>", dropReasons(book)],
      ['Record<ConnectionState, 0>', first('States')],
      ['Record<ConnectionStatus, 0>', first('States', 1)],
      ['Record<ErrorCode, 0>', first('Why is it down?')],
      ['Stats', first('Stats')],
      // A lease is between the engine and whoever mounts it, and for nobody else.
      [
        "Omit<WebSocketReconnect, 'grant'>",
        [...table(engine).flatMap(([cell]) => names(cell as string)), ...names(members)],
      ],
      ['WebSocketConnection', first('`useWebSocket(handlers?)`')],
      ['WebSocketHandlers', handlers],
      [
        "Omit<OwnConnectionProps, Exclude<keyof WebSocketReconnectOptions, 'url'> | 'children'>",
        first('`<WebSocketProvider>`'),
      ],
      ["Omit<OwnGraphQLProps, keyof GraphQLClientOptions | 'client' | 'children'>", first('In React', 1)],
    ]
    expect(typecheck(`${book.language}-lists`, { 'lists.ts': exactly(lists) })).toBe('')
  })

  it('gives the defaults the engine has', () => {
    const rows = table(sectionAt(book, 'Options'))
    expectDefaults(rows.map(([name, value]) => [name as string, value as string]))
  })

  it('gives the preset’s figures beside the defaults they replace', () => {
    const rows = table(sectionAt(book, 'Presets')) as [string, string, string][]
    expectDefaults(
      rows.map(([name, value]) => [name, value]),
      rows.length - 1,
    )
    const preset: Record<string, unknown> = {}
    for (const [cell, , value] of rows) {
      const [key, inner] = (names(cell)[0] as string).split('.') as [string, string?]
      const meant = evaluate(value)
      preset[key] = inner ? { ...(preset[key] as object), [inner]: meant } : meant
    }
    expect(preset).toEqual(interactive)
  })

  it('describes every close code as the engine treats it', () => {
    const rows = table(sectionAt(book, 'Why did it stop?'))
    expect([...codesIn(rows[0]?.[0] as string)]).toEqual(fatalCodes())
  })

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    scripts.dev = 'of the app that Vite makes in the first step'
    for (const { text } of book.pages)
      for (const [, name] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([name as string])
  })
})

describe.each(english.pages.map((page, i) => [page, chinese.pages[i] as Document] as const))(
  '$0.file',
  (page, other) => {
    it('says the same in both languages: headings, examples, commands, tables', () => {
      const shape = ({ headings }: Document) => headings.map(({ level }) => level)
      expect(shape(other)).toEqual(shape(page))
      const bare = ({ blocks }: Document) =>
        blocks.map(({ language, code }) => (language === 'sh' ? code : withoutComments(code, language)))
      expect(bare(other)).toEqual(bare(page))
      expect(other.examples.map(({ name }) => name)).toEqual(page.examples.map(({ name }) => name))
      const keys = ({ prose }: Document) => tables(prose).map((rows) => rows.map(([cell]) => names(cell as string)))
      expect(keys(other)).toEqual(keys(page))
    })
  },
)

describe('docs/RULES.md', () => {
  const ids = rules.headings.map(({ title }) => title).filter((title) => /^R\d+$/.test(title))

  it('has every rule once', () => {
    const all = Array.from({ length: 39 }, (_, i) => `R${i + 1}`)
    expect([...ids].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual(all)
  })

  it('resolves every rule that the code and the tests cite', () => {
    const cited = new Set<string>()
    for (const file of filesOf('src', 'hooks', 'demo', 'test'))
      for (const [, list] of readFileSync(file, 'utf8').matchAll(/[([](R\d+(?:[–, R\d]*\d)?)[\])]/g))
        for (const id of (list as string).match(/R\d+/g) || []) cited.add(id)
    expect(cited.size).toBeGreaterThan(20)
    for (const id of cited) expect(ids).toContain(id)
  })

  it('has a row for every error code and a name for every field of the snapshot', () => {
    const codes = table(section(rules, 'R18')).flatMap(([cell]) => names(cell as string))
    const fields = (/\{ (state, [^}]*) \}/.exec(section(rules, 'R26')) as RegExpExecArray)[1]?.split(/,\s+/)
    const lists: [string, string[]][] = [
      ['Record<ErrorCode, 0>', codes],
      ['Snapshot', fields as string[]],
    ]
    expect(typecheck('RULES.md', { 'lists.ts': exactly(lists) })).toBe('')
  })

  it('describes every close code as the engine treats it', () => {
    expect([...codesIn(table(section(rules, 'R12'))[0]?.[0] as string)]).toEqual(fatalCodes())
  })

  const bounds = table(section(rules, 'Options in numbers')) as [string, string, string][]

  it('gives the defaults the engine has', () => {
    expectDefaults(bounds.map(([name, value]) => [name, `\`${value}\``]))
  })

  it.each(bounds)('bounds %s as the engine does', (name, _value, bound) => {
    const accepts = (value: unknown) => {
      const [key, inner] = (names(name)[0] as string).split('.')
      try {
        // A small baseDelay, so that maxDelay may be small too.
        new WebSocketReconnect({ url: 'ws://a', baseDelay: 0, [key as string]: inner ? { [inner]: value } : value })
        return true
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        expect((error as Error).message).toContain(`"${names(name)[0]}"`)
        return false
      }
    }
    for (const value of [-1, Number.NaN, 'x', null]) expect(accepts(value), String(value)).toBe(false)
    const least = Number(/[≥>] (\d+)/.exec(bound)?.[1] ?? 0)
    expect(accepts(least), 'the bound itself').toBe(!bound.includes('>'))
    expect(accepts(least + 1), 'above the bound').toBe(true)
    if (least > 0) expect(accepts(least - 1), 'below the bound').toBe(false)
    if (bound.includes('whole')) expect(accepts(least + 1.5), 'a fraction').toBe(false)
    if (bound.includes('Infinity')) expect(accepts(Infinity), 'Infinity').toBe(true)
    for (const word of names(bound.replaceAll("'", '')).filter((word) => /^[a-z]+$/.test(word)))
      expect(accepts(word), word).toBe(true)
    if (bound.includes('0 to 1')) expect(accepts(1.01), 'above 1').toBe(false)
  })
})

describe('ARCHITECTURE.md', () => {
  it('shows the diagram that the chart draws', () => {
    expect(withDiagram(architecture.text, drawDiagram())).toBe(architecture.text)
  })

  it('names every file of every room of src', () => {
    const listed = (tables(section(architecture, 'The rooms'))[1] as string[][]).flatMap(([room, cell]) =>
      names(cell as string).map((file) => `${(room as string).replaceAll('`', '')}/${file}.ts`),
    )
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts') && !file.startsWith('observers/'))
    expect(listed.sort()).toEqual(files.map((file) => `src/${file}`).sort())
  })

  it.each(['hooks', 'src/observers'])('names every file of %s', (room) => {
    const text = section(architecture, 'The rooms')
    for (const file of readdirSync(room)) expect(text).toContain(`\`${file.replace(/\.tsx?$/, '')}\``)
  })

  it('explains every phase and event of the chart', () => {
    const [phases, events] = tables(section(architecture, 'The chart')) as [string[][], string[][]]
    const lists: [string, string[]][] = [
      ['Record<Phase, 0>', phases.flatMap(([cell]) => names(cell as string))],
      ['Record<EventType, 0>', events.flatMap(([cell]) => names(cell as string))],
    ]
    expect(typecheck('ARCHITECTURE.md', { 'lists.ts': exactly(lists) })).toBe('')
  })
})

it.each(documents)('$file has no dead link', (document) => {
  for (const link of links(document)) {
    const [path, anchor] = decodeURI(link).split('#')
    const target = path ? join(dirname(document.file), path) : document.file
    expect(existsSync(target), link).toBe(true)
    if (anchor)
      expect(
        read(target).headings.map((heading) => heading.anchor),
        link,
      ).toContain(anchor)
  }
})

// ── how a list is held against a type, a default against the engine ──────────────────────────────────────────────

/** Code that compiles only if each list holds exactly the keys of its type. */
function exactly(lists: readonly (readonly [type: string, listed: readonly string[]])[]): string {
  const types = [
    "import type * as states from '../../../../src/machine/states.ts'",
    "import type * as events from '../../../../src/machine/events.ts'",
    "import type { CircuitBreakerOptions, ClientEvents, ConnectionState, ConnectionStatus } from 'react-websocket-reconnect'",
    "import type { DropInfo, ErrorCode, OwnConnectionProps } from 'react-websocket-reconnect'",
    "import type { QueueOptions, Snapshot, Stats, WebSocketConnection, WebSocketHandlers } from 'react-websocket-reconnect'",
    "import type { WebSocketReconnect, WebSocketReconnectOptions } from 'react-websocket-reconnect'",
    "import type { GraphQLClientOptions } from 'react-websocket-reconnect/graphql'",
    "import type { OwnGraphQLProps } from 'react-websocket-reconnect/graphql/react'",
    'type Phase = states.Phase',
    'type EventType = events.EventType',
    'export type Used = [CircuitBreakerOptions, ClientEvents, ConnectionState, ConnectionStatus]',
    'export type Used1 = [DropInfo, ErrorCode, OwnConnectionProps]',
    'export type Used2 = [QueueOptions, Snapshot, Stats, WebSocketConnection, WebSocketHandlers, Phase, EventType]',
    'export type Used3 = [WebSocketReconnect, WebSocketReconnectOptions, GraphQLClientOptions, OwnGraphQLProps]',
  ]
  const checks = lists.map(([type, listed], i) => {
    expect(listed.length, type).toBeGreaterThan(0)
    const entries = [...new Set(listed)].map((name) => `'${name}': 0`).join(', ')
    return `export const list${i} = { ${entries} } satisfies Record<keyof (${type}), 0>`
  })
  return [...types, ...checks].join('\n')
}

/** The reasons in the row of `drop`. */
function dropReasons(book: Book): string[] {
  const row = table(sectionAt(book, 'Events')).find(([name]) => name === '`drop`') as string[]
  return names((row[2] as string).replace('`reason`', ''))
}

/** Compares what stands in backticks with what the engine fills in; what is said in words has no fixed default. */
function expectDefaults(rows: readonly (readonly [name: string, value: string])[], atLeast = 15): void {
  const filledIn = new WebSocketReconnect({ url: 'ws://a' }).options as unknown as Record<string, unknown>
  let compared = 0
  for (const [cell, value] of rows) {
    const path = (names(cell)[0] as string).split('.')
    const actual = path.reduce<unknown>((bag, key) => (bag as Record<string, unknown>)[key], filledIn)
    if (/^`.*`$/.test(value) && path[0] !== 'url') {
      expect(actual, cell).toEqual(evaluate(value))
      compared++
    } else if (path[0] !== 'url' && !['circuitBreaker', 'queue'].includes(path[0] as string)) {
      expect(actual, cell).toBeUndefined()
    }
  }
  expect(compared).toBeGreaterThan(atLeast)
}

/** What stands between backticks, as a value. */
const evaluate = (cell: string): unknown => new Function(`return (${cell.slice(1, -1)})`)()

/** The codes a cell such as "1002, 1007–1010" means. */
function* codesIn(cell: string): Iterable<number> {
  for (const [, from, to = from] of cell.matchAll(/(\d{4})(?:–(\d{4}))?/g))
    for (let code = Number(from); code <= Number(to); code++) yield code
}

/** The codes after which a client has given up. */
const fatalCodes = once(() => {
  const fatal: number[] = []
  for (let code = 1000; code < 5000; code++) {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options())
    client.connect()
    world.socket.accept()
    world.socket.die(code)
    if (client.state === 'FAILED') fatal.push(code)
  }
  return fatal
})

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined
  return () => (known ??= { value: compute() }).value
}

function withoutComments(code: string, language: string): string {
  if (language === 'html') return code.replace(/<!--[\s\S]*?-->/g, '')
  const options = { loader: language as 'tsx', minifyWhitespace: true, jsx: 'preserve' } as const
  return transformSync(code, options).code
}
