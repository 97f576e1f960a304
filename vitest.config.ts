/**
 * Owns how the tests run. A folder of tests is one line of `projects`: its name, and what it needs beyond Node.
 * Must never let a test depend on how fast the machine is: limits are for hangs, and the same for all.
 */

import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { UserConfig as ViteConfig } from 'vite'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { tally } from './test/support/tally.ts'

/** Ms that a test or a hook may take before it counts as hung. A loaded machine is no hang. */
const LIMIT = 120_000

interface Project extends NonNullable<TestProjectInlineConfiguration['test']> {
  /** Beside what all projects have. */
  vite?: ViteConfig
  /** Left out unless the command names it: `npm test` needs no browser, no network and no root. */
  isOnRequest?: true
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The oldest React that is promised, in the place of the installed one. */
const react18 = [
  ...['react', 'react-dom'].map((name) => ({
    find: new RegExp(`^${name}(?=/|$)`),
    replacement: here(`fixtures/react18/node_modules/${name}`),
  })),
  // As an ES module, whose own imports of React can be led astray as well.
  {
    find: /^@testing-library\/react$/,
    replacement: here('node_modules/@testing-library/react/dist/@testing-library/react.esm.js'),
  },
]

const hooks: Project = {
  environment: 'jsdom',
  // A page of its own for each file, as elsewhere, but jsdom itself is loaded once and not sixty times: half the time.
  pool: 'vmThreads',
  provide: { react: '19' },
  include: ['test/hooks/**/*.test.{ts,tsx}', 'test/graphql/**/*.test.tsx'],
}

/** Else Vite and Node find two different files of the package graphql, which refuses to work with another self. */
const graphqlOnce = { deps: { inline: ['graphql-ws'] } }

/** Node 20 has a WebSocket of its own behind this flag; later versions ignore it. */
const withWebSocket: Project = { execArgv: ['--experimental-websocket', '--no-warnings'] }

/** Real time, real processes: one file after the other. */
const slowly: Project = { fileParallelism: false, testTimeout: 180_000 }

/** Without `include`, a project is the folder of its name. */
const projects: Record<string, Project> = {
  core: {},
  observers: {},
  devtools: {},
  properties: {},
  graphql: { include: ['test/graphql/**/*.test.ts'], server: graphqlOnce },
  requests: {},
  server: {},
  session: {},
  bench: {},
  hooks,
  'hooks-compiled': { ...hooks, vite: { plugins: [react({ compiler: { panicThreshold: 'all_errors' } })] } },
  react18: {
    ...hooks,
    provide: { react: '18' },
    server: { deps: { inline: [/@testing-library\/react/] } },
    vite: { resolve: { alias: react18 } },
  },
  mocks: { environment: 'jsdom' },
  demo: { include: ['{test/demo,demo/examples}/**/*.test.{ts,tsx}'], server: graphqlOnce },
  wire: withWebSocket,
  docs: {},
  structure: { include: ['test/structure.test.ts'] },
  requirements: {
    include: ['test/{requirements,package}/**/*.test.ts'],
    server: graphqlOnce,
    globalSetup: 'test/support/installation.ts',
  },
  // More random runs than `npm test` plays, and others.
  'model-long': {
    isOnRequest: true,
    include: ['test/properties/model/search-*.test.ts'],
    env: {
      MODEL_RUNS: process.env.MODEL_RUNS ?? '100000',
      MODEL_SEED: process.env.MODEL_SEED ?? String(Date.now() % 2 ** 31),
    },
  },
  // Hundreds of chaos runs; `npm test` plays ten.
  chaos: {
    isOnRequest: true,
    include: ['test/properties/chaos/*.test.ts'],
    env: { CHAOS: 'long' },
  },
  // Drops packets and pulls links; `npm run test:netns` gives it a network namespace of its own.
  netns: { isOnRequest: true, ...withWebSocket },
  // Other people's package managers and bundlers: each step has a limit of its own, this is the sum.
  fixtures: {
    ...{ isOnRequest: true, globalSetup: 'test/support/installation.ts' },
    ...{ fileParallelism: false, testTimeout: 400_000, hookTimeout: 400_000 },
  },
  // Against a real redis-server, which `npm test` does not ask for; it is started by the tests.
  redis: { isOnRequest: true, ...slowly },
  // Real parts, killed again and again: a browser's database, processes, SQLite, Redis. REAL_MESSAGES, REAL_KILLS.
  real: { isOnRequest: true, fileParallelism: false, testTimeout: 1_200_000 },
  chromium: { isOnRequest: true, include: ['test/e2e/chromium/**/*.test.ts'], ...slowly },
  engines: { isOnRequest: true, include: ['test/e2e/engines/**/*.test.ts'], testTimeout: 180_000 },
}

const command = process.argv.join(' ')
const isAsked = (name: string) => new RegExp(`--project[= ]${name}( |$)`).test(command)

export default defineConfig({
  // The JSX of the published files.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    reporters: ['default', tally],
    // Vitest would leave a core idle, which is half of a small machine.
    maxWorkers: '100%',
    testTimeout: LIMIT,
    hookTimeout: LIMIT,
    expect: { poll: { timeout: LIMIT - 20_000 } },
    setupFiles: ['test/support/patience.ts'],
    projects: Object.entries(projects)
      .filter(([name, { isOnRequest }]) => !isOnRequest || isAsked(name))
      .map(([name, { vite, isOnRequest: _, ...test }]) => ({
        extends: true as const,
        ...vite,
        test: { name, environment: 'node', include: [`test/${name}/**/*.test.{ts,tsx}`], ...test },
      })),
  },
})
