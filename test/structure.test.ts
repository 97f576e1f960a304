/**
 * Owns what the house looks like: which room may know which, what a source file may not contain, and that every rule has
 * its test. A red line here is answered in the file it names, or by a decision written down in the tables below.
 */

import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breaks } from '../scripts/planted-breaks.ts'
import { type Import, importsOf, median, type Node, readSources, type Source, walk } from '../scripts/source-files.ts'

/**
 * The rooms of src/, and into which others each may look, itself included. Types follow the same way as values.
 * The engine is a file between its rooms and what stands on it.
 */
const rules: Record<string, string[]> = {
  policy: ['policy'],
  options: ['policy', 'options'],
  machine: ['policy', 'machine'],
  runtime: ['policy', 'options', 'machine', 'runtime'],
  'client.ts': ['policy', 'options', 'machine', 'runtime', 'websocket-client.ts'],
  'index.ts': ['policy', 'options', 'machine', 'runtime', 'client.ts', 'observers', 'websocket-client.ts'],
  'websocket-client.ts': ['policy', 'options', 'machine', 'runtime'],
  graphql: ['policy', 'options', 'machine', 'runtime', 'index.ts', 'graphql'],
  // Only what both ends must agree on.
  server: ['policy', 'session', 'server'],
  requests: ['policy', 'runtime', 'websocket-client.ts', 'requests'],
  session: ['policy', 'options', 'machine', 'runtime', 'index.ts', 'websocket-client.ts', 'requests', 'session'],
  observers: [
    'policy',
    'options',
    'runtime',
    'index.ts',
    'graphql',
    'requests',
    'session',
    'observers',
    'websocket-client.ts',
  ],
}
/** The room of a file of src/, or its name where it stands between them. */
const roomOf = (path: string) => path.replaceAll('\\', '/').split('/')[1] as string

/** The only files that look at the world (R28). */
const worldly = ['platform', 'ws-node', 'browser']
const world = [
  ...['window', 'document', 'navigator', 'location', 'globalThis', 'self', 'global'],
  ...['WebSocket', 'AbortController', 'reportError', 'performance', 'Date', 'crypto'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'],
]

const rooms = {
  ...{ src: readSources('src'), hooks: readSources('hooks'), testing: readSources('testing') },
  devtools: readSources('devtools'),
  ...{ demo: readSources('demo'), test: readSources('test'), bench: readSources('bench') },
}
const library = [...rooms.src, ...rooms.hooks, ...rooms.testing, ...rooms.devtools]

/** `file → target` for every import that `allowed` does not allow. */
const trespasses = (files: Source[], allowed: (file: Source, wanted: Import) => boolean) =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((wanted) => !allowed(file, wanted))
      .map(({ target }) => `${file.path} → ${target}`),
  )

describe('imports run downhill', () => {
  it('src/ imports within its rooms and from those below, and nothing from outside but `module`', () => {
    expect(
      trespasses(rooms.src, (file, { target }) => {
        if (target === 'module') return file.name === 'ws-node'
        const room = rules[roomOf(file.path)]
        return target.startsWith('src/') && !!room && room.includes(roomOf(target))
      }),
    ).toEqual([])
  })

  it('hooks/ reaches the engine through its doors and its observers only, and imports react and nothing else', () => {
    const doors = ['react', 'src/index.ts', 'src/graphql/index.ts', 'src/requests/index.ts', 'src/session/index.ts']
    expect(
      trespasses(
        rooms.hooks,
        (_, { target }) => doors.includes(target) || ['hooks', 'src/observers'].includes(dirname(target)),
      ),
    ).toEqual([])
  })

  it('testing/ reaches the library through its doors, and the machine to replay it, and imports nothing else', () => {
    expect(
      trespasses(
        rooms.testing,
        (_, { target }) =>
          /^src\/((server\/)?index|machine\/transitions)\.ts$/.test(target) || dirname(target) === 'testing',
      ),
    ).toEqual([])
  })

  it('devtools/ knows react, the door src/index.ts, and what a client lets developer tools do, by its type', () => {
    const insides = ['src/runtime/insides.ts', 'src/runtime/interceptor.ts']
    expect(
      trespasses(
        rooms.devtools,
        (_, { target, typeOnly }) =>
          ['react', 'src/index.ts'].includes(target) ||
          target.startsWith('devtools/') ||
          (typeOnly && insides.includes(target)),
      ),
    ).toEqual([])
  })

  it('demo/ comes in through the doors of hooks/, src/, devtools/ and testing/', () => {
    const doors = [
      ...['hooks/index.ts', 'hooks/session.ts', 'hooks/graphql.ts'],
      ...['src/index.ts', 'src/server/index.ts', 'src/session/index.ts', 'src/requests/index.ts'],
      ...['devtools/production.ts', 'devtools/recorder.ts', 'testing/index.ts'],
    ]
    const inner = /^(src|hooks|devtools|testing|test)\//
    expect(trespasses(rooms.demo, (_, { target }) => !inner.test(target) || doors.includes(target))).toEqual([])
  })

  it('nothing imports test/, the bench included; the scripts that run tests may', () => {
    const others = [...library, ...rooms.demo, ...rooms.bench]
    expect(trespasses(others, (_, { target }) => !target.startsWith('test/'))).toEqual([])
  })
})

/** `npm run rooms` prints what is counted here. */
describe('sizes', () => {
  const LIMIT = 220
  /** Files that are longer today, in order. */
  const tooLong: string[] = []

  it(`no file of src/, hooks/, devtools/ or demo/ has more than ${LIMIT} lines`, () => {
    const files = [...rooms.src, ...rooms.hooks, ...rooms.devtools, ...rooms.demo].filter(({ lines }) => lines > LIMIT)
    expect(files.map(({ path }) => path).sort()).toEqual(tooLong)
  })

  /** The two ends of a session are a protocol, whose parts are larger than the engine's. */
  const session = rooms.src.filter(({ path }) => /^src.(session|server)/.test(path))

  it.each([
    ['the engine and what stands on it', rooms.src.filter((file) => !session.includes(file)), 70],
    ['a session', session, 95],
    ['hooks', rooms.hooks, 60],
    ['devtools', rooms.devtools, 75],
    ['demo', rooms.demo, 70],
  ] as const)('half of the files of %s have at most a page', (_, files, limit) => {
    expect(median(files.map(({ lines }) => lines))).toBeLessThanOrEqual(limit)
  })
})

describe('planted breaks', () => {
  it('name lines that are there', () => {
    const gone = breaks.filter(([, file, from]) => !readFileSync(file, 'utf8').includes(from))
    expect(gone).toEqual([])
  })
})

describe('what a source file may not contain', () => {
  const findings = (files: Source[], find: (node: Node, parent: Node | undefined, file: Source) => string | false) =>
    files.flatMap((file) =>
      [...walk(file.body)].flatMap(([node, parent]) => {
        const found = find(node, parent, file)
        return found ? [`${file.path}: ${found}`] : []
      }),
    )

  /** A name that is read as a variable: no property, no key, no type, no declaration. */
  const isRead = (node: Node, parent: Node | undefined) =>
    node.type === 'Identifier' &&
    !!parent &&
    !parent.type.startsWith('TSType') &&
    !/^TS(PropertySignature|MethodSignature|InterfaceHeritage|QualifiedName)/.test(parent.type) &&
    !(parent.type === 'MemberExpression' && parent.property === node && !parent.computed) &&
    !(/^(Property|PropertyDefinition|MethodDefinition)$/.test(parent.type) && parent.key === node && !parent.computed)

  /** Whether the file takes the name out of an object of its own: `const { WebSocket } = settings`. */
  const binds = (file: Source, name: string) =>
    [...walk(file.body)].some(
      ([node, parent]) =>
        parent?.type === 'ObjectPattern' && node.type === 'Property' && (node.value as Node).name === name,
    )

  it('[R28] only platform.ts and ws-node.ts look at the world', () => {
    const others = rooms.src.filter((file) => !worldly.includes(file.name))
    expect(
      findings(others, (node, parent, file) => {
        if (isRead(node, parent) && world.includes(node.name as string) && !binds(file, node.name as string))
          return node.name as string
        const object = node.object as Node | undefined
        return (
          node.type === 'MemberExpression' &&
          object?.name === 'Math' &&
          (node.property as Node).name === 'random' &&
          'Math.random'
        )
      }),
    ).toEqual([])
  })

  it('a virtual world never touches the real one', () => {
    expect(
      findings(
        rooms.testing,
        (node, parent, file) =>
          isRead(node, parent) &&
          world.includes(node.name as string) &&
          !binds(file, node.name as string) &&
          (node.name as string),
      ),
    ).toEqual([])
  })

  it('[R34] hooks never touch the page', () => {
    const page = ['window', 'document', 'navigator', 'location', 'WebSocket', 'requestAnimationFrame']
    expect(
      findings(
        rooms.hooks,
        (node, parent) => isRead(node, parent) && page.includes(node.name as string) && (node.name as string),
      ),
    ).toEqual([])
  })

  it('named exports only', () => {
    const files = [...library, ...rooms.demo, ...rooms.test].filter((file) => !file.path.endsWith('.config.ts'))
    const allowed = ['test/support/installation.ts']
    expect(
      findings(
        files,
        (node, _, { path }) => node.type === 'ExportDefaultDeclaration' && !allowed.includes(path) && 'default',
      ),
    ).toEqual([])
  })

  it('no barrels: a door names what it exports', () => {
    expect(findings(library, (node) => node.type === 'ExportAllDeclaration' && 'export *')).toEqual([])
  })

  it('no work while it is imported', () => {
    const quiet = /^(Import|Export|Function|Class|Variable|TS|EmptyStatement)/
    const noisy = library.flatMap((file) =>
      file.body.filter((node) => !quiet.test(node.type) && !node.directive).map((node) => `${file.path}: ${node.type}`),
    )
    expect(noisy).toEqual([])
  })

  it('no tuple that TypeScript 5.0 cannot read: its members all have names, or none has', () => {
    expect(
      findings(library, (node) => {
        const members = node.type === 'TSTupleType' ? (node.elementTypes as Node[]) : []
        const named = members.filter(({ type }) => type === 'TSNamedTupleMember').length
        return named > 0 && named < members.length && `a tuple of ${members.length}, ${named} with a name`
      }),
    ).toEqual([])
  })

  it('nothing that Node 14 cannot parse or lacks', () => {
    const missing = ['at', 'replaceAll', 'hasOwn', 'findLast', 'findLastIndex', 'any', 'toSorted', 'toReversed']
    expect(
      findings(library, (node) => {
        if (node.type === 'AssignmentExpression' && /^(\?\?|\|\||&&)=$/.test(node.operator as string))
          return node.operator as string
        if (node.type === 'StaticBlock') return 'static {}'
        if (node.type === 'BinaryExpression' && (node.left as Node).type === 'PrivateIdentifier') return '#x in o'
        if (node.type === 'Identifier' && node.name === 'structuredClone') return 'structuredClone'
        const callee = node.type === 'CallExpression' ? (node.callee as Node) : undefined
        const called = callee?.type === 'MemberExpression' ? ((callee.property as Node).name as string) : ''
        return missing.includes(called) && `.${called}()`
      }),
    ).toEqual([])
  })

  it("'use client' stands on the door, the hooks and the components, and nowhere else", () => {
    const marked = (file: Source) => file.body[0]?.directive === 'use client'
    const isReact = (file: Source) =>
      /^(hooks\/((index|graphql|session)\.ts|use[A-Z]\w*\.ts|\w+\.tsx)|devtools\/(\w+\.tsx|(index|production|stub)\.tsx?))$/.test(
        file.path.replaceAll('\\', '/'),
      )
    expect(library.filter(marked).map((file) => file.path)).toEqual(library.filter(isReact).map((file) => file.path))
  })

  it('no test has a time limit of its own: the runner and patience.ts have one for all', () => {
    // Other people's package managers and bundlers, and a search whose length the caller sets.
    const exempt =
      /^test.(fixtures|mutation|e2e|runtimes|netns)\b|^test.(properties.model.search|support.patience)\.ts$/
    const asked = ['it', 'test', 'beforeAll', 'afterAll', 'beforeEach', 'afterEach', 'waitFor', 'waitUntil']
    const isNumber = (node: Node | undefined) => node?.type === 'Literal' && typeof node.value === 'number'
    expect(
      findings(
        rooms.test.filter(({ path }) => !exempt.test(path)),
        (node) => {
          const key = node.type === 'Property' ? (node.key as Node).name : undefined
          if (/^(timeout|testTimeout|hookTimeout|asyncUtilTimeout)$/.test(String(key)) && isNumber(node.value as Node))
            return `${key}: ${(node.value as Node).value}`
          if (node.type !== 'CallExpression') return false
          const callee = node.callee as Node
          const name = String(callee.name ?? (callee.property as Node | undefined)?.name)
          const last = (node.arguments as Node[]).at(-1)
          return asked.includes(name) && isNumber(last) && `${name}(…, ${last?.value})`
        },
      ),
    ).toEqual([])
  })

  it('each file says first what it owns', () => {
    const silent = [...library, ...rooms.demo, ...rooms.test].filter(
      (file) => !/^(#!.*\n)?('use client'\n\n)?(\/\/ @vitest.*\n+)?(\/\*\*|\/\/ )/.test(file.text),
    )
    expect(silent.map((file) => file.path)).toEqual([])
  })
})

describe('package.json', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

  it('needs nothing at run time', () => {
    expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['dependencies']))
    expect(manifest).not.toHaveProperty('optionalDependencies')
    expect(manifest).not.toHaveProperty('bundleDependencies')
    expect(Object.keys(manifest.peerDependencies)).toEqual(['react', 'ws'])
    expect(manifest.peerDependenciesMeta).toEqual({ react: { optional: true }, ws: { optional: true } })
  })

  it('checks with one command what the gate checks, but for what needs a browser or a Redis', () => {
    const gate = [...readFileSync('.ci/run', 'utf8').matchAll(/^step \S+ (npm (?:test|run \S+))$/gm)].map(
      ([, command]) => command,
    )
    const needsMore = ['bench:check', 'test:browser', 'test:redis', 'test:real'].map((name) => `npm run ${name}`)
    expect(manifest.scripts.check.split(' && ')).toEqual(
      gate.filter((command) => !needsMore.includes(command as string)),
    )
  })

  it('pins every tool exactly', () => {
    const loose = Object.entries<string>(manifest.devDependencies).filter(
      ([, range]) => !/^(npm:.*@)?\d+\.\d+\.\d+$|^file:fixtures\//.test(range),
    )
    expect(loose).toEqual([])
  })

  it('has no lifecycle script that would run at a user', () => {
    expect(
      Object.keys(manifest.scripts).filter((name) => /^(pre|post)|^(un)?install$|^prepare|^publish|^pack$/.test(name)),
    ).toEqual([])
  })

  it('locks versions, and no address of any registry', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
    const packages = Object.values<{ resolved?: string; link?: boolean }>(lock.packages)
    const addresses = packages.flatMap(({ resolved, link }) => (link ? [] : (resolved ?? [])))
    expect(addresses.filter((address) => !address.startsWith('https://registry.npmjs.org/'))).toEqual([])
  })
})

describe('docs/RULES.md', () => {
  const rules = [...readFileSync('docs/RULES.md', 'utf8').matchAll(/^### (R\d+)\b/gm)].map(
    (match) => match[1] as string,
  )
  const cited = new Set(
    rooms.test
      .filter((file) => file.name !== 'structure.test')
      .flatMap(({ text }) => [...text.matchAll(/['"`][^'"`\n]*?\[(R\d+)\]/g)].map((match) => match[1] as string)),
  )

  it('has R1 to R39, each once', () => {
    const all = Array.from({ length: 39 }, (_, index) => `R${index + 1}`)
    const byNumber = (a: string, b: string) => Number(a.slice(1)) - Number(b.slice(1))
    expect([...rules].sort(byNumber)).toEqual(all)
  })

  it('has a test for every rule', () => {
    expect(rules.filter((id) => !cited.has(id))).toEqual([])
  })

  it('knows every rule that a test cites', () => {
    expect([...cited].filter((id) => !rules.includes(id))).toEqual([])
  })
})

describe('docs/SESSION.md', () => {
  const rules = [...readFileSync('docs/SESSION.md', 'utf8').matchAll(/^### (S\d+)\b/gm)].map(
    (match) => match[1] as string,
  )
  const cited = new Set(
    rooms.test
      .filter((file) => file.name !== 'structure.test')
      .flatMap(({ text }) => [...text.matchAll(/\[(S\d+)\]/g)].map((match) => match[1] as string)),
  )

  it('has S1 to S10, each once and in order', () => {
    expect(rules).toEqual(Array.from({ length: 10 }, (_, index) => `S${index + 1}`))
  })

  it('has a test for every rule, and knows every rule that a test cites', () => {
    expect([...cited].sort()).toEqual([...rules].sort())
  })
})
