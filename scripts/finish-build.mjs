// The last step of `npm run build`: declarations that name the emitted files, beside both formats, and a package.json
// in each format's folder. Must never touch code: what Vite wrote is what is published.

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

for (const name of readdirSync('dist/esm', { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const file = join('dist/esm', name)
  // tsc leaves `./backoff.ts` as it stands; outside this repository only `./backoff.js` resolves under every setting.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(['"])(\.\.?\/[^'"]+)\.tsx?\1/g, '$1$2.js$1'))
  copyFileSync(file, join('dist/cjs', name))
}

// Bundlers read `browser` and `sideEffects` from the nearest package.json, so each format carries both. The swap keeps
// the search for `ws` out of every bundle that is not for Node.
const swap = { './src/ws-node.js': './src/ws-browser.js' }
for (const [format, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
]) {
  const scope = { type, sideEffects: false, browser: swap, 'react-native': swap }
  writeFileSync(`dist/${format}/package.json`, `${JSON.stringify(scope, null, 2)}\n`)
}
