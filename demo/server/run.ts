/**
 * Owns the demo as a program: what it says when it is ready, and how it ends. Whether its pages come from Vite or from a
 * build is its caller's affair.
 * Settings: HOST (default: this machine only), PORT (default: 5173 or the next free one), CHAT_DATA (default: .demo), where
 * SQLite keeps its file, or REDIS_URL: servers with the same one share rooms, order and history.
 */

import { fileURLToPath } from 'node:url'
import { type Demo, type DemoOptions, startDemo } from './main.ts'

/** Runs until it is told to end. `release` lets go of what serves the pages. */
export async function run(page: DemoOptions['page'], release: () => Promise<void> = async () => {}): Promise<void> {
  let demo: Demo
  try {
    demo = await startDemo({
      env: process.env,
      folder: fileURLToPath(new URL('../../.demo', import.meta.url)),
      page,
      report: (text) => console.log(`  ${text}`),
    })
  } catch (error) {
    console.error(`The demo could not start: ${(error as Error).message}`)
    process.exit(1)
  }

  console.log(`
  A chat that you can break:  ${demo.url}
  Examples:                   ${demo.url}examples.html

  Open it in two tabs. Ctrl+C ends it; kill it harder, start it again, close a tab that still waits: nothing is lost.
`)

  let ending = false
  async function end(): Promise<void> {
    if (ending) process.exit(1)
    ending = true
    // Whoever does not let go in time is left behind; every acknowledged message is on the disk already.
    setTimeout(() => process.exit(0), 3000).unref()
    await demo.close()
    await release()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
}
