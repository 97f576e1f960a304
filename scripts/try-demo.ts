/** Owns `npm run test:demo`: the README's `npm run demo` starts, serves the page and the script in it, and ends when told to. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDemoProcess } from '../test/support/demo-process.ts'

export async function main(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'chat-try-'))
  const demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data })
  const get = async (path: string) => {
    const response = await fetch(new URL(path, demo.url))
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response.text()
  }
  try {
    const page = await get('/')
    const title = /<title>(.*)<\/title>/.exec(page)?.[1]
    const script = /<script type="module" src="(\/client[^"]+)"/.exec(page)?.[1]
    if (!title || !script) throw new Error(`this is no page of the demo:\n${page}`)
    console.log(`served: "${title}" and ${script}, ${(await get(script)).length} characters`)
  } finally {
    await demo.kill('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
}
