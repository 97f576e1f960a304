/** The built pages as they are sent: types, caching, compression, and no way to any other file. */

import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { builtPage } from '../../demo/server/built-page.ts'
import { folder } from '../support/chat-visitor.ts'

const script = 'export const many = 1\n'.repeat(100)

/** A build, and a secret beside it. */
async function open() {
  const place = await folder()
  await mkdir(join(place, 'dist/assets'), { recursive: true })
  await writeFile(join(place, 'secret.html'), 'secret')
  await writeFile(join(place, 'dist/.env'), 'secret')
  await writeFile(join(place, 'dist/index.html'), '<title>chat</title>')
  await writeFile(join(place, 'dist/examples.html'), '<title>examples</title>')
  await writeFile(join(place, 'dist/assets/index-abc.js'), script)
  await writeFile(join(place, 'dist/assets/index-abc.css'), 'p { margin: 0 }')
  const server = createServer(await builtPage(join(place, 'dist')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  /** The path as it stands, which no client has mended. */
  return (path: string, { method = 'GET', ...headers }: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part) => parts.push(part))
        response.on('end', () =>
          resolve({ status: Number(response.statusCode), headers: response.headers, body: Buffer.concat(parts) }),
        )
      })
      asked.on('error', reject).end()
    })
}

describe('the built pages', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/examples.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/examples', 'text/html; charset=utf-8', 'no-cache'],
    ['/examples.html?from=readme', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/index-abc.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-abc.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is %s, cached as %s', async (path, type, cached) => {
    const get = await open()
    const { status, headers } = await get(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': type,
      'cache-control': cached,
      'x-content-type-options': 'nosniff',
    })
  })

  it('are compressed for whoever can read that, and the same bytes for all', async () => {
    const get = await open()
    const plain = await get('/assets/index-abc.js')
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(String(plain.body)).toBe(script)
    const small = await get('/assets/index-abc.js', { 'accept-encoding': 'br, gzip' })
    expect(small.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
    expect(String(gunzipSync(small.body))).toBe(script)
    expect(small.body.length).toBeLessThan(plain.body.length / 4)
  })

  it('are not sent again to whoever has them', async () => {
    const get = await open()
    const { etag } = (await get('/')).headers
    const again = await get('/', { 'if-none-match': String(etag) })
    expect([again.status, again.body.length]).toEqual([304, 0])
    expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('are only to be read', async () => {
    const get = await open()
    expect((await get('/', { method: 'HEAD' })).body.length).toBe(0)
    const refused = await get('/', { method: 'POST' })
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/..\\secret.html',
    '//secret.html',
    '/.env',
    '/__proto__',
    '/assets',
    '/assets/',
    '/nothing',
  ])('%s leads nowhere', async (path) => {
    const get = await open()
    const { status, body } = await get(path)
    expect([status, String(body)]).toEqual([404, ''])
  })

  it('say what to do where nothing has been built', async () => {
    await expect(builtPage(join(await folder(), 'none'))).rejects.toThrow(/npm run demo:build/)
  })
})
