// After Vite and tsc in `npm run build`: declarations that name the emitted files, beside both formats; a package.json in
// each format's folder; and one for each entry, for whoever cannot read `exports`. Must never touch code: what Vite wrote
// is what is published.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

for (const name of readdirSync('dist/esm', { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const file = join('dist/esm', name)
  // tsc leaves `./backoff.ts` as it stands; outside this repository only `./backoff.js` resolves under every setting.
  const text = readFileSync(file, 'utf8').replace(/(['"])(\.\.?\/[^'"]+)\.tsx?\1/g, '$1$2.js$1')
  // Rule numbers are for those who work on the source; whoever reads a declaration in an editor has no list of them.
  writeFileSync(file, text.replace(/,? \(R\d[^()]*\)/g, ''))
  copyFileSync(file, join('dist/cjs', name))
}

// Bundlers read `browser` and `sideEffects` from the nearest package.json, so each format carries both. The swap keeps
// the search for `ws` out of every bundle that is not for Node.
const swap = { './src/runtime/ws-node.js': './src/runtime/ws-browser.js' }
for (const [format, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
]) {
  const scope = { type, sideEffects: false, browser: swap, 'react-native': swap }
  writeFileSync(`dist/${format}/package.json`, `${JSON.stringify(scope, null, 2)}\n`)
}

// Jest 27, webpack 4, older Metro and TypeScript's `moduleResolution: node` do not know `exports`: to them, `/core` is a
// folder of the package. Generated from `exports`, so that both say the same; git ignores what is written here.
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
for (const [entry, target] of Object.entries(exports)) {
  if (entry === '.' || entry.endsWith('.json')) continue
  const from = (file) => relative(entry, file).replaceAll('\\', '/')
  const stub = {
    main: from(target.require.default),
    module: from(target.import.default),
    types: from(target.require.types),
    // The folder `testing` holds our own sources as well, which are modules.
    type: 'module',
    sideEffects: false,
  }
  mkdirSync(entry, { recursive: true })
  writeFileSync(join(entry, 'package.json'), `${JSON.stringify(stub, null, 2)}\n`)
}
