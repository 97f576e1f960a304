/** Owns the library build. How tests run is said in vitest.config.ts, how the demo is served in demo/vite.config.ts. */

import { defineConfig } from 'vite'
import { smallStyles } from './scripts/small-styles.ts'

/** One output folder: a file per module, so that `"use client"` stays where it stands and bundlers drop what is unused. */
const folder = (format: 'es' | 'cjs', dir: string) => ({
  format,
  dir,
  preserveModules: true,
  entryFileNames: '[name].js',
})

export default defineConfig({
  // Whatever NODE_ENV says while building: published files must not ask for React's development runtime.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  plugins: [smallStyles],
  build: {
    lib: {
      entry: {
        ...{
          'hooks/index': 'hooks/index.ts',
          'hooks/graphql': 'hooks/graphql.ts',
          'hooks/session': 'hooks/session.ts',
        },
        ...{
          'src/index': 'src/index.ts',
          'src/graphql/index': 'src/graphql/index.ts',
          'src/requests/index': 'src/requests/index.ts',
          'src/server/index': 'src/server/index.ts',
          'src/session/index': 'src/session/index.ts',
          'src/runtime/ws-browser': 'src/runtime/ws-browser.ts',
        },
        'testing/index': 'testing/index.ts',
        ...{ 'devtools/index': 'devtools/index.ts', 'devtools/stub': 'devtools/stub.ts' },
        ...{ 'devtools/production': 'devtools/production.ts', 'devtools/recorder': 'devtools/recorder.ts' },
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
})
