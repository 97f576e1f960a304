/**
 * Owns `npm run test:demo`: the README's `npm run demo` starts, serves its pages and the scripts in them, and ends when told
 * to; so does what `npm run demo:build && npm run demo:serve` makes, which is no heavier than it may be.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildDemo, startDemoProcess } from '../test/support/demo-process.ts'

/** Bytes of JavaScript, gzipped: what a page begins with, and with all that clicks may add to it, the developer tools in two languages. */
const limits = { first: 125_500, all: 153_000 }

export async function main(): Promise<boolean> {
  await tryDemo('demo', /^\/(client|examples)\//)
  await buildDemo()
  await tryDemo('demo:serve', /^\/assets\//)
  const weights = await Promise.all(['index.html', 'examples.html'].map(weigh))
  return weights.every((isLight) => isLight)
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
    for (const path of [
      '/../package.json',
      '/assets/../../vite.config.ts',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
    ]) {
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

/** What Vite says of each chunk. */
type Manifest = Record<string, { file: string; imports?: string[]; dynamicImports?: string[] }>

async function weigh(page: string): Promise<boolean> {
  const manifest = JSON.parse(await readFile('demo/dist/.vite/manifest.json', 'utf8')) as Manifest
  const closure = (roots: string[], lazily: boolean): Set<string> => {
    const found = new Set(roots)
    for (const name of found) {
      const { imports = [], dynamicImports = [] } = manifest[name] ?? {}
      for (const next of lazily ? [...imports, ...dynamicImports] : imports) found.add(next)
    }
    return found
  }
  const bytesOf = async (names: Set<string>) => {
    const files = [...new Set([...names].map((name) => String(manifest[name]?.file)))]
    const sizes = files.map(async (file) => gzipSync(await readFile(join('demo/dist', file)), { level: 9 }).length)
    return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0)
  }
  const first = await bytesOf(closure([page], false))
  const all = await bytesOf(closure([page], true))
  const isLight = first <= limits.first && all <= limits.all
  const verdict = `limits ${kB(limits.first)}, ${kB(limits.all)}${isLight ? '' : ': OVER'}`
  console.log(`JavaScript of ${page}: ${kB(first)} at first, ${kB(all)} with all that it may load (${verdict})`)
  return isLight
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, got ${found}`)
}
