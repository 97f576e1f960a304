// `npm run size`: what each export costs a user's bundle, minified and gzipped, react external. Fails over budget.
// The README tells to run it, so the published files are measured, not the source.

import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'
import { requireBuild } from './built.ts'
import { sizeByFile } from './size-by-file.ts'

requireBuild()

const core = './dist/esm/src/index.js'
const main = './dist/esm/hooks/index.js'
const graphql = './dist/esm/src/graphql/index.js'
const graphqlReact = './dist/esm/hooks/graphql.js'
const requests = './dist/esm/src/requests/index.js'
const session = './dist/esm/src/session/index.js'
const sessionReact = './dist/esm/hooks/session.js'
const provider = './dist/esm/hooks/WebSocketProvider.js'
const skin = ['WebSocketProvider', 'useWebSocket', 'useConnectionStats', 'useCircuitState', 'useMessage']

/**
 * Bytes: `target` is what the engine and the skin are to weigh once the code is said in fewer words; `limit` is what the
 * gate lets pass today, just above what every rule costs now, so that nothing grows unseen.
 */
interface Budget {
  readonly name: string
  readonly from?: string
  readonly names?: readonly string[]
  /** Measured as what these files add to the engine. */
  readonly beside?: readonly string[]
  /** And to these, which an application has already. */
  readonly given?: readonly string[]
  readonly target?: number
  readonly limit?: number
}

const budgets: Budget[] = [
  { name: 'WebSocketReconnect', from: core, names: ['WebSocketReconnect'], target: 8800, limit: 13020 },
  { name: skin.join(', '), from: main, names: skin, target: 11500, limit: 17000 },
  // A hook alone, for a client that comes from elsewhere: none needs the engine.
  { name: 'useConnectionStats', from: main, names: ['useConnectionStats'], target: 2000, limit: 1450 },
  // What an application pays that has the engine already.
  { name: 'GraphQLSubscriptionClient, beside the engine', beside: [graphql], target: 1600, limit: 2200 },
  {
    name: 'the same with useSubscription and GraphQLProvider',
    beside: [graphql, graphqlReact],
    target: 2400,
    limit: 4800,
  },
  { name: 'createRequests, beside the engine', beside: [requests], target: 800, limit: 800 },
  // An outbox in IndexedDB, leases and copies included; what would have to go for the target is said in docs/SESSION.md.
  { name: 'Session, beside the engine', beside: [session], names: ['Session'], target: 5500, limit: 9930 },
  {
    name: 'SessionProvider and the hooks of a session, beside the session and WebSocketProvider',
    ...{ beside: [sessionReact], given: [session, provider], target: 1400, limit: 1400 },
  },
  // With the part of a provider and the pace of views that it has in common with the main entry.
  {
    name: 'the same where nothing of the main entry is used',
    ...{ beside: [sessionReact], given: [session], target: 1400, limit: 3000 },
  },
]
const exportsOf = async (file: string) => Object.keys(await import(new URL(`../${file}`, import.meta.url).href))
const lines: Budget[] = [
  ...budgets,
  ...(await exportsOf(main))
    .filter((name) => name !== 'WebSocketReconnect' && name !== 'useConnectionStats')
    .map((name) => ({ name, from: main, names: [name] })),
]

const kB = (bytes: number) => `${(bytes / 1000).toFixed(2)} kB`

const bundle = (contents: string): BuildOptions => ({
  stdin: { contents, resolveDir: '.' },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  external: ['react', 'react/jsx-runtime'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'error',
})

async function bytesOf(contents: string): Promise<number> {
  const { outputFiles } = await build({ ...bundle(contents), write: false })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}
const engine = `export { WebSocketReconnect } from '${core}'\n`

let failed = 0
const all = (files: readonly string[]) => files.map((file) => `export * from '${file}'\n`).join('')
for (const { name, from, names = [], beside, given = [], target = 0, limit } of lines) {
  const base = engine + all(given)
  const bytes = beside
    ? (await bytesOf(base + (names.length ? `export { ${names.join(', ')} } from '${beside[0]}'` : all(beside)))) -
      (await bytesOf(base))
    : await bytesOf(`export { ${names.join(', ')} } from '${from}'`)
  const isOver = limit !== undefined && bytes > limit
  if (isOver) failed++
  const verdict = limit === undefined ? '' : ` (target ${kB(target)}, limit ${kB(limit)}${isOver ? ', OVER' : ''})`
  console.log(`${kB(bytes).padStart(9)}  ${name}${verdict}`)
}
if (process.argv.includes('--by-file')) {
  for (const { from, names = [] } of budgets.slice(0, 2)) {
    await sizeByFile(names.join(', '), bundle(`export { ${names.join(', ')} } from '${from}'`))
  }
}
console.log(`${budgets.length - failed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
