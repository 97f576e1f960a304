/**
 * Owns what a user gets from the registry: which files, under which names, in both formats, with which types, and what
 * of it ends up in a bundle. Everything is looked at in the packed and installed package, nothing in the source.
 */

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { chinese, english } from '../support/book.ts'
import { TestServer } from '../support/echo-server.ts'
import { ownNames } from '../support/export-names.ts'
import { createWorld } from '../support/index.ts'
import { read } from '../support/markdown.ts'

const folder = inject('installation')
const home = join(folder, 'node_modules', 'react-websocket-reconnect')
const files = readdirSync(home, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(home.length + 1)
      .replaceAll('\\', '/'),
  )
const text = (file: string) => readFileSync(join(home, file), 'utf8')
const code = files.filter((file) => /^dist\/(esm|cjs)\/.*\.js$/.test(file))
const manifest = JSON.parse(text('package.json'))
const allEntries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'))

/** Runs a program beside the installed package. */
function run(name: string, source: string, ...flags: string[]): string {
  writeFileSync(join(folder, name), source)
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, name], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

describe('the files', () => {
  it('are the build, a stub for each entry, the documents and nothing else', () => {
    const kinds = [
      /^dist\/(esm|cjs)\/.*(\.js|\.d\.ts|package\.json)$/,
      /^dist\/browser\/[\w-]+\.js$/,
      /^((core|devtools|devtools\/(production|recorder)|graphql|graphql\/react|requests|server|session|session\/react|testing)\/)?package\.json$/,
      /^(LICENSE|ARCHITECTURE\.md|README[\w.-]*|docs\/(guide\/(zh\/)?)?[\w.-]+)$/,
    ]
    expect(files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([])
    expect(files).toContain('LICENSE')
  })

  it('name no file that is not there, and no TypeScript source', () => {
    for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name)))
      for (const [, target] of text(file).matchAll(/(?:from |require\(|import\()["'](\.[^"']+)["']/g)) {
        const path = resolve(home, file, '..', target as string).slice(home.length + 1)
        // A file of types alone is no JavaScript.
        const wanted = file.endsWith('.d.ts') ? path.replace(/\.js$/, '.d.ts') : path
        expect(files, `${file} names ${target}`).toContain(wanted)
      }
  })

  it('import nothing but each other, react, and in one Node-only file `module`', () => {
    // It writes the imports of a test, and has none.
    const importing = code.filter((file) => !file.endsWith('devtools/record/as-test.js'))
    const foreign = importing.flatMap((file) =>
      [...text(file).matchAll(/(?:^import .*from |^import |require\()["']([^."'][^"']*)["']/gm)].map(
        ([, target]) => `${file.replace(/^dist\/(esm|cjs)\//, '')}: ${target}`,
      ),
    )
    const allowed = foreign.filter(
      (line) =>
        line === 'src/runtime/ws-node.js: module' ||
        /^(hooks\/.*|devtools\/WebSocketDevtools\.js): react(\/jsx-runtime)?$/.test(line),
    )
    expect(foreign).toEqual(allowed)
    expect(allowed).toContain('src/runtime/ws-node.js: module')
  })

  it('speak to their reader: no declaration names a rule, or a document that is not in the package', () => {
    const declarations = files.filter((file) => file.endsWith('.d.ts'))
    const insider = declarations.flatMap((file) =>
      (text(file).match(/.*(?:\b[RFG]\d+\b|\bcontract\b|\brequirements?\b).*/gi) ?? []).map(
        (line) => `${file}: ${line}`,
      ),
    )
    expect(insider).toEqual([])
    const named = declarations.flatMap((file) => text(file).match(/\bdocs\/[\w/.-]+\.md(?:#[\w-]+)?/g) ?? [])
    expect(named.length).toBeGreaterThan(5)
    for (const place of new Set(named)) {
      const [file = '', anchor] = place.split('#')
      expect(files).toContain(file)
      if (anchor) expect(read(join(home, file)).headings.map((heading) => heading.anchor)).toContain(anchor)
    }
  })

  it("carry 'use client' exactly where the source does", () => {
    const marked = (path: string) => /^['"]use client['"]/.test(path)
    for (const format of ['esm', 'cjs']) {
      const built = code.filter((file) => file.startsWith(`dist/${format}/`) && marked(text(file)))
      const sources = ['hooks', 'devtools'].flatMap((room) =>
        readdirSync(room, { withFileTypes: true })
          .filter((file) => file.isFile() && /\.tsx?$/.test(file.name))
          .map(({ name }) => `${room}/${name}`)
          .filter((file) => marked(readFileSync(file, 'utf8'))),
      )
      expect(built.sort()).toEqual(sources.map((file) => `dist/${format}/${file.replace(/\.tsx?$/, '.js')}`).sort())
    }
  })

  it('keep #private fields native and leave development warnings to the bundler', () => {
    const all = code.map(text).join('\n')
    expect(all).toMatch(/this\.#\w/)
    expect(all).not.toMatch(/_classPrivate/)
    expect(all).toMatch(/process\.env\.NODE_ENV !== "production"/)
    expect(all).not.toMatch(/import\.meta\.env/)
  })
})

describe('the exports', () => {
  const names = (source: string, file: string) => JSON.parse(run(file, source)) as string[]
  const list = 'console.log(JSON.stringify(Object.keys(door).sort()))'
  const core = {
    esm: () => names(`import * as door from 'react-websocket-reconnect/core'\n${list}`, 'core.mjs'),
    cjs: () => names(`const door = require('react-websocket-reconnect/core')\n${list}`, 'core.cjs'),
  }

  it('/core: the same names from import and require, no default, no react needed', () => {
    expect(core.esm()).toEqual(core.cjs())
    expect(core.esm()).toEqual([
      'WebSocketReconnect',
      'WebSocketReconnectError',
      'backoffDelay',
      'initialSnapshot',
      'initialStats',
      'interactive',
      'json',
      'raw',
    ])
    expect(readdirSync(join(folder, 'node_modules'))).not.toContain('react')
  })

  it('/graphql: the client alone, from import and require, no react and no graphql needed', () => {
    const esm = names(`import * as door from 'react-websocket-reconnect/graphql'\n${list}`, 'graphql.mjs')
    expect(names(`const door = require('react-websocket-reconnect/graphql')\n${list}`, 'graphql.cjs')).toEqual(esm)
    expect(esm).toEqual(['GraphQLSubscriptionClient'])
    expect(readdirSync(join(folder, 'node_modules')).sort()).toEqual(['react-websocket-reconnect', 'ws'])
    for (const file of ['graphql/index', 'graphql/protocol'])
      for (const format of ['esm', 'cjs'])
        expect(text(`dist/${format}/src/${file}.js`)).not.toMatch(/use client|react['"]/)
  })

  it('/graphql: its errors and its engine are those of /core', () => {
    const same = `
      const { GraphQLSubscriptionClient } = require('react-websocket-reconnect/graphql')
      const { WebSocketReconnect } = require('react-websocket-reconnect/core')
      console.log(new GraphQLSubscriptionClient('ws://127.0.0.1:9').ws instanceof WebSocketReconnect)`
    expect(run('same.cjs', same)).toBe('true\n')
  })

  it('/requests: the same names from import and require, no react needed', () => {
    const esm = names(`import * as door from 'react-websocket-reconnect/requests'\n${list}`, 'requests.mjs')
    expect(names(`const door = require('react-websocket-reconnect/requests')\n${list}`, 'requests.cjs')).toEqual(esm)
    expect(esm).toEqual(['RequestError', 'createRequests'])
  })

  it('/server: the same names from import and require, which need no ws, no database and no Redis', () => {
    const esm = names(`import * as door from 'react-websocket-reconnect/server'\n${list}`, 'server.mjs')
    expect(names(`const door = require('react-websocket-reconnect/server')\n${list}`, 'server.cjs')).toEqual(esm)
    expect(esm).toEqual(['Refusal', 'Wait', 'createSessionServer', 'memoryStore', 'redisStore', 'sqliteStore'])
  })

  it('/testing: a virtual world for the engine of the same format', () => {
    const use = `const world = createWorld()
      const client = new WebSocketReconnect(world.options())
      client.connect()
      world.socket.accept()
      console.log(JSON.stringify([client.state, ...Object.keys(door).sort()]))`
    const esm = names(
      `import { WebSocketReconnect } from 'react-websocket-reconnect/core'
      import * as door from 'react-websocket-reconnect/testing'
      const { createWorld } = door\n${use}`,
      'testing.mjs',
    )
    const cjs = names(
      `const { WebSocketReconnect } = require('react-websocket-reconnect/core')
      const door = require('react-websocket-reconnect/testing')
      const { createWorld } = door\n${use}`,
      'testing.cjs',
    )
    expect(esm).toEqual([
      'OPEN',
      'accept',
      'createWorld',
      'flap',
      'hang',
      'inTurn',
      'mulberry32',
      'record',
      'refuse',
      'replay',
      'storeConformance',
      'throwing',
    ])
    expect(cjs).toEqual(esm)
  })

  it('loading touches nothing of the platform and arms no timer', () => {
    const traps = [
      'window',
      'document',
      'navigator',
      'location',
      'WebSocket',
      'performance',
      'AbortController',
      'reportError',
    ]
    const trap = `for (const name of ${JSON.stringify(traps)})
      Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error(name + ' was touched') } })
      globalThis.setTimeout = Math.random = Date.now = () => { throw new Error('the world was touched') }\n`
    for (const entry of ['core', 'graphql', 'requests', 'server', 'session', 'testing']) {
      run('quiet.cjs', `${trap}require('react-websocket-reconnect/${entry}')`)
      run('quiet.mjs', `${trap}await import('react-websocket-reconnect/${entry}')`)
    }
  })

  it.each(['cjs', 'mjs'])('without `ws` where nothing else is there, %s says what to install', (format) => {
    const bare = mkdtempSync(join(tmpdir(), 'without-ws-'))
    cpSync(home, join(bare, 'node_modules', 'react-websocket-reconnect'), { recursive: true })
    const load =
      format === 'cjs'
        ? "Promise.resolve(require('react-websocket-reconnect/core'))"
        : "import('react-websocket-reconnect/core')"
    writeFileSync(
      join(bare, `program.${format}`),
      `delete globalThis.WebSocket
       ${load}.then(({ WebSocketReconnect }) => new WebSocketReconnect({ url: 'ws://127.0.0.1:9' }).connect()).catch((error) => console.log(error.code, error.message))`,
    )
    const { stdout } = spawnSync(process.execPath, [`program.${format}`], { cwd: bare, encoding: 'utf8' })
    rmSync(bare, { recursive: true })
    expect(stdout).toMatch(/^WEBSOCKET_UNAVAILABLE .*npm install ws/)
  })

  it('/graphql: without `ws` where nothing else is there, says what to install', () => {
    const bare = mkdtempSync(join(tmpdir(), 'without-ws-'))
    cpSync(home, join(bare, 'node_modules', 'react-websocket-reconnect'), { recursive: true })
    writeFileSync(
      join(bare, 'program.cjs'),
      `delete globalThis.WebSocket
       const { GraphQLSubscriptionClient } = require('react-websocket-reconnect/graphql')
       new GraphQLSubscriptionClient('ws://127.0.0.1:9').connect().catch((error) => console.log(error.code, error.message))`,
    )
    const { stdout } = spawnSync(process.execPath, ['program.cjs'], { cwd: bare, encoding: 'utf8' })
    rmSync(bare, { recursive: true })
    expect(stdout).toMatch(/^WEBSOCKET_UNAVAILABLE .*npm install ws/)
  })

  it('package.json can be read', () => {
    expect(run('manifest.cjs', "console.log(require('react-websocket-reconnect/package.json').name)")).toBe(
      'react-websocket-reconnect\n',
    )
  })

  it('deep imports are refused', () => {
    expect(() => run('deep.cjs', "require('react-websocket-reconnect/dist/cjs/src/machine/transitions.js')")).toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    )
  })

  describe('with react installed', () => {
    const links = ['react', 'react-dom', '@types']
    const link = (name: string) => join(folder, 'node_modules', name)
    beforeAll(() => {
      for (const name of links) symlinkSync(resolve('node_modules', name), link(name), 'junction')
    })
    afterAll(() => {
      for (const name of links) rmSync(link(name))
    })

    it('the main entry has the hooks and everything of /core, from import and require', () => {
      const esm = names(`import * as door from 'react-websocket-reconnect'\n${list}`, 'main.mjs')
      expect(names(`const door = require('react-websocket-reconnect')\n${list}`, 'main.cjs')).toEqual(esm)
      expect(esm).toEqual([...core.esm(), ...ownNames].sort())
    })

    it('/graphql/react has the provider and its hooks, from import and require', () => {
      const esm = names(`import * as door from 'react-websocket-reconnect/graphql/react'\n${list}`, 'react.mjs')
      expect(names(`const door = require('react-websocket-reconnect/graphql/react')\n${list}`, 'react.cjs')).toEqual(
        esm,
      )
      expect(esm).toEqual(['GraphQLProvider', 'useGraphQLClient', 'useSubscription'])
    })

    it('/session/react has the provider and its hooks, from import and require', () => {
      const esm = names(`import * as door from 'react-websocket-reconnect/session/react'\n${list}`, 'session.mjs')
      expect(names(`const door = require('react-websocket-reconnect/session/react')\n${list}`, 'session.cjs')).toEqual(
        esm,
      )
      expect(esm).toEqual(['SessionProvider', 'useDelivery', 'useOutbox', 'useRequest', 'useSession', 'useStream'])
    })

    it('[R34] /graphql/react renders on a server that has no WebSocket and connects nowhere', () => {
      const page = `
        const { createElement } = require('react')
        const { renderToString } = require('react-dom/server')
        const { GraphQLProvider, useSubscription } = require('react-websocket-reconnect/graphql/react')
        const Badge = () => createElement('b', null, useSubscription('subscription { a }').state)
        console.log(renderToString(createElement(GraphQLProvider, { endpoint: 'ws://127.0.0.1:9' }, createElement(Badge))))`
      expect(run('graphql-server.cjs', page)).toBe('<b>CLOSED</b>\n')
    })

    it('[R34] renders on a server that has no WebSocket and connects nowhere', () => {
      const page = `
        const { createElement } = require('react')
        const { renderToString } = require('react-dom/server')
        const { WebSocketProvider, useWebSocket } = require('react-websocket-reconnect')
        const Badge = () => createElement('b', null, useWebSocket().state)
        console.log(renderToString(createElement(WebSocketProvider, { url: 'ws://127.0.0.1:9' }, createElement(Badge))))`
      expect(run('server.cjs', page)).toBe('<b>CLOSED</b>\n')
    })

    it.each(['nodenext', 'bundler'])('types hold for a strict user, module resolution %s', (resolution) => {
      const use = `
        import { useWebSocket, WebSocketProvider, type ConnectionState } from 'react-websocket-reconnect'
        import { WebSocketReconnect, type Stats } from 'react-websocket-reconnect/core'
        import { GraphQLSubscriptionClient } from 'react-websocket-reconnect/graphql'
        import { GraphQLProvider, useSubscription } from 'react-websocket-reconnect/graphql/react'
        import { createWorld, type World } from 'react-websocket-reconnect/testing'
        export const client = new WebSocketReconnect({ url: 'wss://example.com', jitter: 'full', queue: { hold: true } })
        export const sent: 'sent' | 'queued' | 'dropped' = client.send('x')
        client.on('close', ({ code, reason }) => [code.toFixed(), reason.trim()])
        client.on('message', (event) => event.data)
        export const off: () => void = client.once('open', () => {})
        export const uptime: Stats['uptime'] = client.getStats().uptime
        export function useState(): ConnectionState { return useWebSocket().state }
        export const Provider = WebSocketProvider
        const graphql = new GraphQLSubscriptionClient('wss://example.com', { connectionParams: async () => ({ a: 1 }) })
        export const stop: () => void = graphql.subscribe('{ a }', {}, { onData: ({ data }) => data.a })
        export const News = () => useSubscription<{ news: string }>('{ news }').data?.news.trim()
        export const GraphQL = GraphQLProvider
        // @ts-expect-error an option that does not exist
        new GraphQLSubscriptionClient('wss://example.com', { params: {} })
        export const world: World = createWorld({ seed: 1 })
        export const virtual = new WebSocketReconnect(world.options({ maxRetries: 3 }))
        // @ts-expect-error an option that does not exist
        new WebSocketReconnect({ url: 'wss://example.com', maxRetry: 3 })
        // @ts-expect-error an event that does not exist
        client.on('opened', () => {})
        // @ts-expect-error the url is required
        new WebSocketReconnect({})\n`
      for (const file of resolution === 'nodenext' ? ['use.mts', 'use.cts'] : ['use.ts'])
        writeFileSync(join(folder, file), use)
      const compilerOptions = {
        ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, skipLibCheck: false, types: ['react'] },
        ...{ target: 'es2020', lib: ['es2020', 'dom'], moduleResolution: resolution },
        module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
      }
      const project = join(folder, `tsconfig.${resolution}.json`)
      const include = resolution === 'nodenext' ? ['use.mts', 'use.cts'] : ['use.ts']
      writeFileSync(project, JSON.stringify({ compilerOptions, include }))
      const { stdout } = spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', project], {
        encoding: 'utf8',
      })
      expect(stdout).toBe('')
    })
  })
})

describe('whoever cannot read `exports`', () => {
  const subpaths = allEntries.filter((entry) => entry !== '.')

  it.each(subpaths)('finds the code and types of %s by a stub folder', (entry) => {
    const stub = JSON.parse(text(join(entry, 'package.json')))
    const found = ['main', 'module', 'types'].map((field) => `./${join(entry, stub[field]).replaceAll('\\', '/')}`)
    const { import: esm, require: cjs } = manifest.exports[entry]
    expect(found).toEqual([cjs.default, esm.default, cjs.types])
    for (const file of found) expect(files).toContain(file.slice(2))
  })

  it.each(subpaths)('loads %s from its folder as it would by name', (entry) => {
    const load = `require('./node_modules/react-websocket-reconnect/${entry.slice(2)}') ===
      require('react-websocket-reconnect/${entry.slice(2)}')`
    // Beside the repository's own React, which one of the entries needs.
    const place = `module.paths.push(${JSON.stringify(resolve('node_modules'))})\n`
    if (/react$|devtools/.test(entry)) symlinkSync(resolve('node_modules/react'), join(folder, 'node_modules/react'))
    try {
      expect(run('stub.cjs', `${place}console.log(${load})`)).toBe('true\n')
    } finally {
      rmSync(join(folder, 'node_modules/react'), { force: true })
    }
  })
})

describe('the files for pages without a bundler', () => {
  const pages = {
    '.': 'react',
    './core': 'core',
    './graphql': 'graphql',
    './graphql/react': 'graphql-react',
    './requests': 'requests',
    './session': 'session',
    './session/react': 'session-react',
    './testing': 'testing',
  } as Record<string, string>
  // These files are production builds, and the developer tools are for development.
  const entries = allEntries.filter((entry) => !entry.startsWith('./devtools'))
  const file = (entry: string) => `dist/browser/${pages[entry]}.js`
  const load = (entry: string) => import(/* @vite-ignore */ join(home, file(entry)))
  beforeAll(() => symlinkSync(resolve('node_modules/react'), join(folder, 'node_modules/react'), 'junction'))
  afterAll(() => rmSync(join(folder, 'node_modules/react')))

  /** A page is no server. */
  const onPages = entries.filter((entry) => entry !== './server')

  it('are one for each entry', () => {
    expect(Object.keys(pages)).toEqual(onPages)
    expect(files.filter((name) => name.startsWith('dist/browser/'))).toEqual(onPages.map(file).sort())
  })

  it.each(onPages)('%s: the names of the entry', async (entry) => {
    const source = `import * as door from '${join('react-websocket-reconnect', entry).replaceAll('\\', '/')}'
      console.log(JSON.stringify(Object.keys(door).sort()))`
    expect(Object.keys(await load(entry)).sort()).toEqual(JSON.parse(run('names.mjs', source)))
  })

  it.each(onPages)('%s: imports nothing by name but react, and otherwise its neighbours', (entry) => {
    const targets = [...text(file(entry)).matchAll(/(?:from|import)\s*\(?["']([^"']+)["']/g)].map(
      ([, to]) => to as string,
    )
    const neighbours = onPages.map((other) => `./${pages[other]}.js`)
    const react = /react/.test(pages[entry] as string) ? ['react'] : []
    expect(targets.filter((to) => ![...neighbours, ...react].includes(to))).toEqual([])
    expect(targets.includes('react')).toBe(react.length > 0)
  })

  it.each(onPages)('%s: is minified, says its version, and is a production build without a trace of Node', (entry) => {
    const content = text(file(entry))
    expect(content.split('\n')[0]).toBe(`/*! react-websocket-reconnect ${manifest.version} | MIT */`)
    expect(content.trim().split('\n').length).toBeLessThan(20)
    expect(content).not.toMatch(/\bprocess\b|createRequire|console\.warn|_classPrivate/)
  })

  it('core.js stands alone, and is what the bare address of a CDN leads to', () => {
    expect(text('dist/browser/core.js')).not.toMatch(/\bfrom\s*["']|\bimport\b/)
    for (const field of ['unpkg', 'jsdelivr']) expect(manifest[field]).toBe('./dist/browser/core.js')
  })

  it('share one engine', async () => {
    const { WebSocketReconnect } = await load('./core')
    expect((await load('.')).WebSocketReconnect).toBe(WebSocketReconnect)
    const { GraphQLSubscriptionClient } = await load('./graphql')
    expect(new GraphQLSubscriptionClient('ws://127.0.0.1:9').ws).toBeInstanceOf(WebSocketReconnect)
  })

  const examples = [
    ...readdirSync('fixtures/import-map').map((name) => [
      name,
      readFileSync(join('fixtures/import-map', name), 'utf8'),
    ]),
    ...[...english.pages, ...chinese.pages].flatMap(({ file, blocks }) =>
      blocks.filter(({ language }) => language === 'html').map(({ code }) => [file, code]),
    ),
  ] as [string, string][]

  it.each(examples)('are where the page of %s looks for them, with the names that it imports', async (_, page) => {
    const ours = /\breact-websocket-reconnect(?:@[\w.]+)?\/(dist\/browser\/[\w-]+\.js)/
    const map = JSON.parse(/<script type="importmap">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '{"imports":{}}').imports
    const imports = [...page.matchAll(/import \{([^}]+)\} from '([^']+)'/g)].flatMap(([, names, from]) => {
      const file = ours.exec(map[from as string] ?? from)?.[1]
      return file ? [{ file, names: (names as string).split(',').map((name) => name.trim()) }] : []
    })
    expect(imports.length).toBeGreaterThan(0)
    for (const target of [
      ...Object.values<string>(map).flatMap((to) => ours.exec(to)?.[1] ?? []),
      ...imports.map(({ file }) => file),
    ])
      expect(files).toContain(target)
    for (const { file, names } of imports)
      expect(Object.keys(await import(/* @vite-ignore */ join(home, file)))).toEqual(expect.arrayContaining(names))
  })

  it('are reached by no bundler', () => {
    expect(JSON.stringify(manifest.exports)).not.toContain('browser')
  })
})

describe('the addresses', () => {
  const [, address] = /^git\+(https:\/\/.+)\.git$/.exec(manifest.repository.url) as unknown as [string, string]

  it('are derived from the repository, which package.json alone names', () => {
    expect(manifest.homepage).toBe(`${address}#readme`)
    expect(manifest.bugs).toBe(`${address}/issues`)
    const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(existsSync)
    const naming = tracked.filter((name) => readFileSync(name, 'utf8').includes(address.replace('https://', '')))
    expect(naming).toEqual(['package.json'])
  })

  const pages = [...english.pages, ...chinese.pages].map(({ file }) => file)

  it.each(pages)('%s links to what is in the package, or by the repository', (name) => {
    const targets = [...read(name).prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => (to as string).split('#')[0])
    // Pictures are not packed: npm shows them from the repository, where test/docs/pictures finds them.
    const local = targets.filter((to) => to && !/^https?:|^docs\/pictures\//.test(to)) as string[]
    expect(local.length).toBeGreaterThan(5)
    expect(local.filter((to) => !files.includes(join(dirname(name), decodeURI(to))))).toEqual([])
    // An absolute link into this repository would be a second place that names it.
    const own = targets.filter((to) => to?.startsWith(`${address}/`)) as string[]
    expect(own.filter((to) => !existsSync(to.slice(address.length).replace(/^\/(blob|raw|tree)\/\w+\//, '')))).toEqual(
      [],
    )
  })
})

describe('bundles', () => {
  const entry = (id: string, format: 'esm' | 'cjs') =>
    format === 'esm'
      ? `export { WebSocketReconnect } from '${id}'`
      : `module.exports = require('${id}').WebSocketReconnect`
  const trace = /createRequire|["'](?:node:)?module["']|["']ws["']/
  const ids = [
    'react-websocket-reconnect/core',
    'react-websocket-reconnect',
    // By the stub folder, as a bundler without `exports` would go.
    './node_modules/react-websocket-reconnect/core',
  ]
  const cases = ids.flatMap((id) => (['esm', 'cjs'] as const).map((format) => [id, format] as const))
  const react = ['react', 'react/jsx-runtime']

  it.each(cases)('esbuild: %s from %s has no trace of Node', async (id, format) => {
    const { outputFiles } = await esbuild({
      stdin: { contents: entry(id, format), resolveDir: folder },
      ...{ bundle: true, write: false, platform: 'browser', format: 'esm', external: react, logLevel: 'silent' },
    })
    expect(outputFiles[0]?.text).toContain('WebSocketReconnect: ')
    expect(outputFiles[0]?.text).not.toMatch(trace)
  })

  it.each(cases)('Vite: %s from %s has no trace of Node', async (id, format) => {
    const input = join(folder, `page-${format}.${format === 'esm' ? 'mjs' : 'cjs'}`)
    writeFileSync(input, `${entry(id, format)}\nglobalThis.loaded = true`)
    const result = await vite({
      ...{ root: folder, configFile: false, logLevel: 'silent' },
      build: {
        write: false,
        minify: false,
        rolldownOptions: { input, external: react, preserveEntrySignatures: 'strict' },
      },
    })
    const chunks = [result].flat().flatMap((output) => ('output' in output ? output.output : []))
    const bundle = chunks.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n')
    expect(bundle).toContain('WebSocketReconnect: ')
    expect(bundle).not.toMatch(trace)
  })

  const bundle = async (names: string) => {
    const { outputFiles } = await esbuild({
      stdin: { contents: `export { ${names} } from 'react-websocket-reconnect'`, resolveDir: folder },
      ...{ bundle: true, write: false, platform: 'browser', format: 'esm', external: react, logLevel: 'silent' },
      ...{ minifySyntax: true, define: { 'process.env.NODE_ENV': '"production"' } },
    })
    return outputFiles[0]?.text ?? ''
  }
  const hooksIn = (text: string) => [...text.matchAll(/createU(se\w+) = \(/g)].map(([, name]) => `u${name}`).sort()
  const hooks = ownNames.filter((name) => name.startsWith('use') && !/^use(WebSocketConnection|Request)$/.test(name))

  it.each(hooks)('[R34] %s brings no other hook and no engine', async (name) => {
    const text = await bundle(name)
    expect(hooksIn(text)).toEqual([name])
    expect(text).not.toContain('extends Error')
    expect(text).not.toContain('~standard')
  })

  it('[R34] a provider brings no hook, a set all of them, a codec nothing else', async () => {
    expect(hooksIn(await bundle('WebSocketProvider, useWebSocketConnection'))).toEqual([])
    expect(hooksIn(await bundle('createWebSocketContext'))).toEqual(hooks)
    const codecs = await bundle('json, raw')
    expect(codecs).toContain('~standard')
    expect(codecs.length).toBeLessThan(2700)
  })

  it('[R34] a production bundle has no development warning in it', async () => {
    const text = await bundle(['createWebSocketContext', 'useWebSocketConnection', 'WebSocketProvider', 'json'].join())
    expect(text).toContain('found no provider')
    expect(text).not.toContain('console.warn')
    expect(text).not.toMatch(/Did you mean|browsers refuse|on every render|cannot read a message|is below/)
  })

  it('[R14] a production bundle refuses a ping that JSON would lose, and keeps the connection', async () => {
    const file = join(folder, 'production.mjs')
    writeFileSync(file, await bundle('WebSocketReconnect'))
    const { WebSocketReconnect } = (await import(/* @vite-ignore */ file)) as typeof import('../../src/index.ts')
    const world = createWorld()
    const client = new WebSocketReconnect(world.options({ heartbeatMessage: () => new Map() }))
    const codes: string[] = []
    client.on('error', ({ code }) => codes.push(code))
    client.connect()
    world.socket.accept()
    world.advance(30_000)
    expect([codes, world.socket.sent, client.state]).toEqual([['HEARTBEAT_INVALID'], [], 'OPEN'])
  })

  it('a production bundle has nothing of the tap but its name', async () => {
    const text = await bundle('WebSocketReconnect')
    expect(text).toContain('tap(')
    expect(text).not.toMatch(/"transition"|"received"|defineProperty|deleteProperty|Symbol\.for|WeakRef|intercept/)
  })

  it.each(['esm', 'cjs'] as const)('esbuild for Node, %s: the bundle finds `ws` by itself', async (format) => {
    const server = await new TestServer().open()
    const name = `bundle-${format}.${format === 'esm' ? 'mjs' : 'cjs'}`
    await esbuild({
      stdin: {
        contents: `import { WebSocketReconnect } from 'react-websocket-reconnect/core'
        const client = new WebSocketReconnect({ url: '${server.address}', websocketOptions: { headers: { cookie: 'a=1' } } })
        client.on('open', () => client.close())
        client.connect()`,
        resolveDir: folder,
      },
      ...{ bundle: true, platform: 'node', format, outfile: join(folder, name), logLevel: 'silent' },
    })
    const ended = new Promise((done) =>
      spawn(process.execPath, [name], { cwd: folder, stdio: 'inherit' }).once('exit', done),
    )
    const peer = await server.peer()
    expect(peer.request.headers.cookie).toBe('a=1')
    expect(await peer.closed).toEqual({ code: 1000, reason: '' })
    expect(await ended).toBe(0)
    await server.close()
  })
})
