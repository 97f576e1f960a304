/**
 * Owns pages as a browser sees them: files served as they are, and a visit that says hello to a real server, hears the
 * answer, loses the connection and has it back. Must never wait for time to pass.
 */

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import * as React from 'react'
import { launchChromium } from '../../scripts/chromium.ts'
import { TestServer } from '../support/echo-server.ts'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Serves folders, the first one that has the file, under one address. */
export async function serve(...folders: string[]): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://page').pathname)
    for (const folder of folders) {
      const file = await readFile(join(folder, path)).catch(() => undefined)
      if (file) return response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(file)
    }
    // No page here has an icon, and its lack is no complaint.
    return response.writeHead(path === '/favicon.ico' ? 204 : 404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** React as ES modules, which npm does not have: one file for each name of the import map, all with the same React. */
export async function writeReact(folder: string): Promise<void> {
  const door = (id: string, names: string) => `export { ${names} } from '${id}'`
  const names = Object.keys(React).filter((name) => /^\w+$/.test(name) && name !== 'default')
  await build({
    entryPoints: { react: 'door:react', 'react-dom-client': 'door:react-dom/client' },
    outdir: folder,
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'browser', logLevel: 'warning' },
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [
      {
        name: 'doors',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^door:/ }, ({ path }) => ({ path: path.slice(5), namespace: 'door' }))
          onLoad({ filter: /.*/, namespace: 'door' }, ({ path }) => ({
            contents: door(path, path === 'react' ? names.join() : 'createRoot'),
            resolveDir: '.',
          }))
        },
      },
    ],
  })
}

/**
 * Looks at a page in a browser of its own; what the page complains of is an Error. `watch` is called before it loads.
 */
export async function visit<T>(
  address: string,
  look: (page: Page) => Promise<T>,
  watch: (page: Page) => void = () => {},
): Promise<T> {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('WebSocket connection to'))
        complaints.push(message.text())
    })
    watch(page)
    await page.goto(address)
    try {
      const seen = await look(page)
      if (complaints.length) throw new Error('the page complained')
      return seen
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\n${complaints.join('\n')}\n${await page.locator('body').innerText()}`,
      )
    }
  } finally {
    await browser.close()
  }
}

/** A page of fixtures/import-map through its whole story; returns what it saw. */
export async function liveByImportMap(address: string, name: string): Promise<string> {
  const server = await new TestServer().open()
  try {
    return await visit(`${address}${name}?url=${server.address}`, async (page) => {
      const status = page.getByRole('status')
      const peer = await server.peer()
      await status.filter({ hasText: 'OPEN' }).waitFor()
      await page.getByRole('button', { name: 'Say hello' }).click()
      const heard = await peer.heard()
      peer.socket.send('good morning')
      await page.getByRole('listitem').filter({ hasText: 'good morning' }).waitFor()
      peer.socket.terminate()
      const back = await server.peer()
      await status.filter({ hasText: 'OPEN' }).waitFor()
      back.socket.send('welcome back')
      await page.getByRole('listitem').filter({ hasText: 'welcome back' }).waitFor()
      const lines = await page.getByRole('listitem').allTextContents()
      return `server heard "${heard}", page heard "${lines.join('", "')}" over two connections`
    })
  } finally {
    await server.close()
  }
}
