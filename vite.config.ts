/**
 * Owns the library build and every Vitest project. The demo has no configuration of its own beyond what `demo/` passes.
 */

import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import type { Reporter } from 'vitest/node'

/** One output folder: a file per module, so that `"use client"` stays where it stands and bundlers drop what is unused. */
const folder = (format: 'es' | 'cjs', dir: string) => ({
  format,
  dir,
  preserveModules: true,
  entryFileNames: '[name].js',
})

/** Ends every run with the one line that a machine can read. */
const tally: Reporter = {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file that could not even be loaded has no tests to fail.
      if (module.errors().length) count.failed++
    }
    const skipped = count.skipped + count.pending
    console.log(`${count.passed} passed, ${count.failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  },
}

/** Ms that a test or a hook may take before it counts as hung. A loaded machine is no hang. */
const LIMIT = 120_000

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

const hooks = {
  environment: 'jsdom',
  // A page of its own for each file, as elsewhere, but jsdom itself is loaded once and not sixty times: half the time.
  pool: 'vmThreads' as const,
  provide: { react: '19' },
  include: ['test/hooks/**/*.test.{ts,tsx}', 'test/graphql/**/*.test.tsx'],
}

/** Else Vite and Node find two different files of the package graphql, which refuses to work with another self. */
const graphqlOnce = { deps: { inline: ['graphql-ws'] } }

export default defineConfig({
  // Whatever NODE_ENV says while building: published files must not ask for React's development runtime.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  build: {
    lib: {
      entry: {
        ...{ 'hooks/index': 'hooks/index.ts', 'hooks/graphql': 'hooks/graphql.ts' },
        ...{ 'src/index': 'src/index.ts', 'src/graphql': 'src/graphql.ts', 'src/ws-browser': 'src/ws-browser.ts' },
        'testing/index': 'testing/index.ts',
      },
    },
    // Nothing is lowered: #private fields as WeakMaps cost ten times the bytes. The source keeps to what Node 14 parses.
    target: 'es2022',
    minify: false,
    rolldownOptions: {
      external: (id) => !/^(\.|\/|[A-Z]:)/.test(id),
      // `"use client"` is meant, and `import.meta.url` is only read where there is no `__filename`.
      checks: { moduleLevelDirective: false, emptyImportMeta: false },
      output: [folder('es', 'dist/esm'), folder('cjs', 'dist/cjs')],
    },
  },
  test: {
    reporters: ['default', tally],
    // Vitest would leave a core idle, which is half of a small machine.
    maxWorkers: '100%',
    // No test depends on how fast the machine is: limits are for hangs, and the same for all.
    testTimeout: LIMIT,
    hookTimeout: LIMIT,
    expect: { poll: { timeout: LIMIT - 20_000 } },
    setupFiles: ['test/support/patience.ts'],
    projects: [
      { extends: true, test: { name: 'core', environment: 'node', include: ['test/core/**/*.test.ts'] } },
      { extends: true, test: { name: 'observers', environment: 'node', include: ['test/observers/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'graphql',
          environment: 'node',
          include: ['test/graphql/**/*.test.ts'],
          server: graphqlOnce,
        },
      },
      { extends: true, test: { name: 'model', environment: 'node', include: ['test/{model,bench}/**/*.test.ts'] } },
      { extends: true, test: { name: 'hooks', ...hooks } },
      {
        extends: true,
        plugins: [react({ compiler: { panicThreshold: 'all_errors' } })],
        test: { name: 'hooks-compiled', ...hooks },
      },
      {
        extends: true,
        resolve: { alias: react18 },
        test: {
          name: 'react18',
          ...hooks,
          provide: { react: '18' },
          server: { deps: { inline: [/@testing-library\/react/] } },
        },
      },
      { extends: true, test: { name: 'mocks', environment: 'jsdom', include: ['test/mocks/**/*.test.tsx'] } },
      {
        extends: true,
        test: { name: 'demo', environment: 'node', include: ['test/demo/**/*.test.{ts,tsx}'] },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          environment: 'node',
          include: ['test/faults/**/*.test.{ts,tsx}'],
          // Node 20 has a WebSocket of its own behind this flag; later versions ignore it.
          execArgv: ['--experimental-websocket', '--no-warnings'],
        },
      },
      // Only inside a network namespace (scripts/netns.mjs): these tests drop packets and pull links.
      ...(process.env.NETNS
        ? [
            {
              extends: true as const,
              test: {
                name: 'netns',
                environment: 'node' as const,
                include: ['test/netns/**/*.test.ts'],
                execArgv: ['--experimental-websocket', '--no-warnings'],
              },
            },
          ]
        : []),
      { extends: true, test: { name: 'structure', environment: 'node', include: ['test/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'requirements',
          environment: 'node',
          include: ['test/{requirements,package}/**/*.test.ts'],
          server: graphqlOnce,
          globalSetup: 'test/package/install.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'browser-fixtures',
          environment: 'node',
          include: ['test/fixtures/**/*.test.ts'],
          globalSetup: 'test/package/install.ts',
          // Other people's package managers and bundlers: each step has a limit of its own, this is the sum.
          fileParallelism: false,
          testTimeout: 400_000,
          hookTimeout: 400_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          // Real time, real processes: one file after the other.
          fileParallelism: false,
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browsers',
          environment: 'node',
          include: ['test/browsers/**/*.test.ts'],
          testTimeout: 180_000,
        },
      },
    ],
  },
})
