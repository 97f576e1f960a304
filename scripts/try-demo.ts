/**
 * Owns `npm run test:demo`: the README's `npm run demo` starts, serves its pages and the scripts in them, and ends when told
 * to; so does what `npm run demo:build && npm run demo:serve` makes, which is no heavier than it may be.
 */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildDemo, startDemoProcess } from '../test/support/demo-process.ts'

/** Bytes of all JavaScript of the built demo, gzipped. */
const limit = 150_000

export async function main(): Promise<boolean> {
  await tryDemo('demo', /^\/(client|examples)\//)
  await buildDemo()
  await tryDemo('demo:serve', /^\/assets\//)
  const bytes = await weigh('demo/dist/assets')
  const isLight = bytes <= limit
  console.log(`JavaScript of the built demo: ${kB(bytes)}, limit ${kB(limit)}${isLight ? '' : ', OVER'}`)
  return isLight
}

/** Both pages, and what they load. */
async function tryDemo(command: 'demo' | 'demo:serve', scripts: RegExp): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'chat-try-'))
  const demo = await startDemoProcess({ PORT: '0', CHAT_DATA: data }, command)
  const get = async (path: string, type: string) => {
    // As a browser asks: Vite answers scripts that import a style otherwise.
    const response = await fetch(new URL(path, demo.url), { headers: { accept: `${type},*/*;q=0.1` } })
    expectSame(`${path}: status`, response.status, 200)
    expectSame(`${path}: type`, response.headers.get('content-type')?.split(';')[0], type)
    return { text: await response.text(), headers: response.headers }
  }
  try {
    for (const path of ['/', '/examples.html']) {
      const { text: page } = await get(path, 'text/html')
      const title = /<title>(.*)<\/title>/.exec(page)?.[1]
      const loaded = [...page.matchAll(/ (?:src|href)="(\/[^"]+)"/g)].map(([, url]) => url as string)
      const script = loaded.find((url) => scripts.test(url) && /\.(js|tsx)$/.test(url))
      if (!title || !script) throw new Error(`this is no page of the demo:\n${page}`)
      for (const url of loaded.filter((url) => scripts.test(url))) {
        const { headers } = await get(url, url.endsWith('.css') ? 'text/css' : 'text/javascript')
        if (command === 'demo:serve') {
          expectSame(`${url}: caching`, headers.get('cache-control'), 'public, max-age=31536000, immutable')
        }
      }
      console.log(`${command}: "${title}" and ${loaded.length} files`)
    }
    await get('/control/status', 'application/json')
    for (const path of ['/../package.json', '/assets/../../vite.config.ts', '/%2e%2e/package.json', '/..%2fpackage.json']) {
      const text = await raw(demo.port, path)
      if (/devDependencies|defineConfig/.test(text)) throw new Error(`${command} gives away ${path}:\n${text}`)
    }
  } finally {
    await demo.kill('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
}

/** As it stands: `fetch` would mend the path first. */
const raw = (port: number, path: string) =>
  new Promise<string>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path }, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part)).on('end', () => resolve(text))
    })
    asked.on('error', reject).end()
  })

async function weigh(folder: string): Promise<number> {
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const sizes = scripts.map(async (name) => gzipSync(await readFile(join(folder, name)), { level: 9 }).length)
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0)
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, got ${found}`)
}
