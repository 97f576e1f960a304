/**
 * Owns the page that the stories are told on: the packed core, bundled as an application would, and the requirement's quick start verbatim
 * but for its import and its address. Must never hold a copy of either.
 */

import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import { every } from '../../../testing/record.ts'
import { install } from '../../support/installation.ts'
import { snippet } from '../../support/requirements-document.ts'

/** Everything a page writes down; a test reads it when it likes. */
const NOTEBOOK = `
  window.printed = []
  for (const name of ['log', 'error']) {
    console[name] = (...words) => window.printed.push(words.join(' '))
  }
  window.addEventListener('error', (event) => window.printed.push('uncaught ' + event.message))
  window.addEventListener('unhandledrejection', (event) => window.printed.push('unhandled ' + event.reason))
`
/** A client whose every event is noted as [type, payload]. */
const PLAYGROUND = `
  import { WebSocketReconnect } from '/core.js'
  window.told = []
  window.make = (options) => {
    const client = new WebSocketReconnect(options)
    for (const type of ${JSON.stringify(every)}) {
      client.on(type, (payload) => {
        window.told.push([type, type === 'message' ? payload.data : type === 'error' ? payload.code : payload])
      })
    }
    window.client = client
    return true
  }
`

export interface Site {
  readonly url: string
  /** The page that runs the quick start against this address. */
  quickStart(address: string): string
  close(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const folder = install()
  const { outputFiles } = await build({
    stdin: { contents: "export * from 'react-websocket-reconnect/core'", resolveDir: folder },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  rmSync(folder, { recursive: true, force: true })
  const core = outputFiles[0]?.text
  const theirImport = "const { WebSocketReconnect } = require('./scripts/websocket-reconnect.js');"
  const program = snippet('### 基础用法').replace(theirImport, "import { WebSocketReconnect } from '/core.js'")
  const page = (script: string) =>
    `<!doctype html><meta charset="utf-8"><title>story</title><script>${NOTEBOOK}</script><script type="module">${script}</script>`

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://localhost')
    const html = { 'content-type': 'text/html' }
    if (pathname === '/core.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(core)
    else if (pathname === '/playground') response.writeHead(200, html).end(page(PLAYGROUND))
    else if (pathname === '/quick-start') {
      const address = searchParams.get('address') as string
      // The snippet's last line is a comment; the story has to end it from outside.
      const script = program.replace('wss://api.example.com', address)
      response.writeHead(200, html).end(page(`${script}\nwindow.client = ws`))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    quickStart: (address) => `${url}/quick-start?address=${encodeURIComponent(address)}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
