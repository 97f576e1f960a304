// Runs a TypeScript program, which Node 20 cannot read by itself: `node scripts/run.mjs bench/fleet/simulate.ts --quick`.
// A program works while it loads; one that tests import as well exports `main` instead, which is given the arguments
// and answers false where it has failed. Must never write a file: each module is translated as it is loaded.

import { register } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { transform } from 'esbuild'

/** Node's hook, called in a thread of its own. */
export async function load(url, context, next) {
  const loader = /\.(tsx?)$/.exec(url)?.[1]
  if (!loader) return next(url, context)
  const { source } = await next(url, { ...context, format: 'module' })
  const { code } = await transform(String(source), {
    loader,
    sourcefile: fileURLToPath(url),
    sourcemap: 'inline',
    target: 'node20',
    jsx: 'automatic',
    // As in an application's bundle: what is measured is what is published.
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return { format: 'module', source: code, shortCircuit: true }
}

if (isMainThread) {
  register(import.meta.url)
  process.setSourceMapsEnabled(true)
  // As if Node had been given the program itself.
  process.argv.splice(1, 1)
  const [, program, ...args] = process.argv
  if (!program) throw new TypeError('expected: node scripts/run.mjs <program>.ts [arguments]')
  const { main } = await import(pathToFileURL(resolve(program)).href)
  if ((await main?.(...args)) === false) process.exitCode = 1
}
