/**
 * Owns `npm run demo`: one process with Vite and the chat server, and how it ends.
 * Settings: HOST (default: this machine only), PORT (default: 5173 or the next free one), CHAT_DATA (default: .demo), where
 * SQLite keeps its file, or REDIS_URL: servers with the same one share rooms, order and history.
 */

import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { type Demo, startDemo } from './server/main.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const vite = await createServer({ configFile: here('./vite.config.ts'), clearScreen: false })

let demo: Demo
try {
  demo = await startDemo({
    env: process.env,
    folder: here('../.demo'),
    page: vite.middlewares,
    report: (text) => console.log(`  ${text}`),
  })
} catch (error) {
  console.error(`The demo could not start: ${(error as Error).message}`)
  process.exit(1)
}

console.log(`
  A chat that you can break:  ${demo.url}

  Open it in two tabs. Ctrl+C ends it; kill it harder, start it again, close a tab that still waits: nothing is lost.
`)

let ending = false
async function end(): Promise<void> {
  if (ending) process.exit(1)
  ending = true
  // Whoever does not let go in time is left behind; every acknowledged message is on the disk already.
  setTimeout(() => process.exit(0), 3000).unref()
  await demo.close()
  await vite.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
