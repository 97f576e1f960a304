// Runs a TypeScript program of this folder, which Node 20 cannot read itself: `node bench/run.mjs fleet/simulate.ts`.

import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'

const [program, ...args] = process.argv.slice(2)
const outfile = `node_modules/.cache/bench/${program.replace(/\.ts$/, '.mjs')}`
await build({
  entryPoints: [`bench/${program}`],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  define: { 'process.env.NODE_ENV': '"production"' },
})
const { status } = spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
