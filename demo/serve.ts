/** Owns `npm run demo:serve`: what `npm run demo:build` has made, and the chat server, in one process without Vite. */

import { fileURLToPath } from 'node:url'
import { builtPage } from './server/built-page.ts'
import { run } from './server/run.ts'

try {
  await run(await builtPage(fileURLToPath(new URL('./dist', import.meta.url))))
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
