// `npm run test:consumers`: the packed package at its users' places, newcomers' and old ones'; see test/consumers/run.ts.

import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// Node 20 reads no TypeScript; Vite does.
const options = { configFile: false, root: here('..'), logLevel: 'warn' }
const { module } = await runnerImport(here('../test/consumers/run.ts'), options)
process.exit((await module.main(process.argv[2])) ? 0 : 1)
