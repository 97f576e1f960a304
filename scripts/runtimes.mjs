// `npm run test:runtimes`: the quick start and a server restart on every Node that is promised; see test/runtimes/run.ts.

import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// Node 20 reads no TypeScript; Vite does.
const options = { configFile: false, root: here('..'), logLevel: 'warn' }
const { module } = await runnerImport(here('../test/runtimes/run.ts'), options)
process.exit((await module.main()) ? 0 : 1)
