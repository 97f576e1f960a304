// `npm run diagram`: draws the chart of src/machine/transitions.ts into ARCHITECTURE.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// Node 20 reads no TypeScript; Vite does.
const { module } = await runnerImport(here('./diagram.ts'), { configFile: false, root: here('..'), logLevel: 'warn' })
const file = here('../ARCHITECTURE.md')
writeFileSync(file, module.withDiagram(readFileSync(file, 'utf8'), module.drawDiagram()))
