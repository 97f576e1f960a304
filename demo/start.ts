/** Owns `npm run demo`: one process with Vite and the chat server. Its settings are those of server/run.ts. */

import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { run } from './server/run.ts'

const configFile = fileURLToPath(new URL('./vite.config.ts', import.meta.url))
const vite = await createServer({ configFile, clearScreen: false })

await run(vite.middlewares, () => vite.close())
