#!/usr/bin/env node
/**
 * Owns `npm run demo`: one process with Vite and the chat server, and how it ends.
 * Settings: HOST (default: this machine only), PORT (default: 5173 or the next free one), CHAT_DATA (default: .demo).
 */

import { fileURLToPath } from 'node:url'
import { createServer, runnerImport } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const vite = await createServer({ configFile: here('./vite.config.ts'), clearScreen: false })
// Node 20 reads no TypeScript; Vite does.
const { module } = await runnerImport(here('./server/main.ts'), {
  configFile: false,
  root: here('..'),
  logLevel: 'warn',
})

let demo
try {
  demo = await module.startDemo({
    env: process.env,
    folder: here('../.demo'),
    page: vite.middlewares,
    report: (text) => console.log(`  ${text}`),
  })
} catch (error) {
  console.error(`The demo could not start: ${error.message}`)
  process.exit(1)
}

console.log(`
  A chat that you can break:  ${demo.url}

  Open it in two tabs. Ctrl+C ends it; kill it harder, start it again, and nothing is lost.
`)

let ending = false
async function end() {
  if (ending) process.exit(1)
  ending = true
  // Whoever does not let go in time is left behind; every acknowledged message is on the disk already.
  setTimeout(() => process.exit(0), 3000).unref()
  await demo.close()
  await vite.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
