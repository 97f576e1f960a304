/**
 * Owns what is run and what is weighed: one program of the bench and one peer, bundled as an application would be, for
 * production. Of this library the built files are taken, those that are published.
 */

import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const CACHE = 'node_modules/.cache/bench'

/** The adapters name the source, so that types can be checked before anything is built. */
const published: Plugin = {
  name: 'published',
  setup(build) {
    build.onResolve({ filter: /^\.\.\/\.\.\/(src|hooks)\/index\.ts$/ }, ({ path }) => {
      const file = `${process.cwd()}/dist/esm/${path.slice(6, -2)}js`
      if (!existsSync(file)) throw new Error('The bench measures the built package: run "npm run build" first.')
      return { path: file }
    })
  },
}

const common: BuildOptions = {
  bundle: true,
  format: 'esm',
  mainFields: ['module', 'main'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'error',
  plugins: [published],
}

/** The file of a program of this folder that needs no peer. */
export async function plainProgram(program: string): Promise<string> {
  const outfile = `${CACHE}/${program}.mjs`
  await build({ ...common, entryPoints: [`bench/${program}.ts`], outfile, platform: 'node', target: 'node20' })
  return outfile
}

/** The file of a Node program with a peer's core. */
export async function nodeProgram(program: string, adapter: string): Promise<string> {
  const outfile = `${CACHE}/${program}/${adapter}.mjs`
  const contents = `
    import { peer } from './peers/${adapter}.core.ts'
    import { run } from './node/${program}.ts'
    console.log(JSON.stringify(await run(peer, !!process.env.BENCH_QUICK)))
    process.exit()`
  await build({
    ...common,
    stdin: { contents, resolveDir: 'bench', loader: 'ts' },
    outfile,
    platform: 'node',
    target: 'node20',
    external: ['ws'],
  })
  return outfile
}

/** The script of a page with a peer's core or hooks; it sets `window.bench`. */
export async function pageProgram(program: string, adapter: string): Promise<string> {
  // React looks for the counter of commits as it loads.
  const contents = `
    import './page/commits.ts'
    import { peer } from './peers/${adapter}'
    import { program } from './page/${program}'
    globalThis.bench = program(peer)`
  const { outputFiles } = await build({
    ...common,
    stdin: { contents, resolveDir: 'bench', loader: 'ts' },
    write: false,
    minify: true,
    platform: 'browser',
    jsx: 'automatic',
    target: 'es2022',
  })
  return outputFiles?.[0]?.text ?? ''
}

/** Bytes, minified and gzipped, of what a user writes; react is there already. */
export async function weigh(contents: string): Promise<number> {
  const { outputFiles } = await build({
    ...common,
    stdin: { contents, resolveDir: 'bench/peers', loader: 'ts' },
    write: false,
    minify: true,
    platform: 'browser',
    external: ['react', 'react/jsx-runtime', 'react-dom'],
  })
  return gzipSync(outputFiles?.[0]?.contents ?? '', { level: 9 }).length
}
