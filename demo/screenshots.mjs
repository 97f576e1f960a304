#!/usr/bin/env node
/** Owns `npm run screenshots`: loads the script that takes them (Node 20 reads no TypeScript; Vite does). */

import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { module } = await runnerImport(here('./screenshots.ts'), {
  configFile: false,
  root: here('..'),
  logLevel: 'warn',
})
await module.takeScreenshots(here('../screenshots'))
