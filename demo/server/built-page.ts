/**
 * Owns the pages as they were built, ready to be sent: types, caching, compression. All of it is read once, and a path is
 * looked up in that list, so there is no path that leads to any other file. Must never touch the disk for a request.
 */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pathOf } from './http.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
}

/** Vite writes the hash of their content into the names of these, so what a name means never changes. */
const hashed = '/assets/'

interface File {
  plain: Buffer
  gzip: Buffer
  headers: Record<string, string>
}

/** Answers with the files of a folder. @throws Error where there is no page in it. */
export async function builtPage(folder: string): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const files = new Map<string, File>()
  const names = await readdir(folder, { recursive: true, encoding: 'utf8' }).catch(() => [] as string[])
  for (const name of names) {
    const type = types[extname(name)]
    // Vite's own list of what it built is nobody else's.
    if (type && !name.startsWith('.'))
      files.set(`/${name.split(sep).join('/')}`, fileOf(await readFile(join(folder, name)), type, name))
  }
  const index = files.get('/index.html')
  if (!index) throw new Error(`There is no page in ${folder}: run "npm run demo:build" first.`)
  for (const [path, file] of [...files])
    if (path.endsWith('.html')) files.set(path.replace(/(index)?\.html$/, ''), file)

  return (request, response) => {
    const file = files.get(pathOf(request))
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { allow: 'GET, HEAD' })
    if (!file) return end(response, 404)
    const { plain, gzip, headers } = file
    if (request.headers['if-none-match'] === headers.etag) return end(response, 304, headers)
    const isSmall = /\bgzip\b/.test(String(request.headers['accept-encoding'])) && gzip.length < plain.length
    const body = isSmall ? gzip : plain
    const encoding: Record<string, string> = isSmall ? { 'content-encoding': 'gzip' } : {}
    response.writeHead(200, { ...headers, ...encoding, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

function fileOf(plain: Buffer, type: string, name: string): File {
  const isHashed = `/${name.split(sep).join('/')}`.startsWith(hashed)
  return {
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    headers: {
      'content-type': type,
      'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    },
  }
}

const end = (response: ServerResponse, code: number, headers: Record<string, string> = {}) =>
  void response.writeHead(code, headers).end()
