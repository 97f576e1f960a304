/**
 * Owns loading `ws` in Node, on the first connect that needs it. Browsers' bundles get ws-browser.ts instead, so that
 * no trace of Node reaches them. Must never load anything of `ws` while it is imported.
 */

// A namespace import: webpack recognises the named one and erases it. Bare `module`: `node:` needs Node 14.18.
import * as nodeModule from 'module'
import type { SocketConstructor } from '../options/world.ts'

/** `ws`, or undefined where it is not installed. */
export function loadWs(): SocketConstructor | undefined {
  // Our own place first, since pnpm shows a package only its peers; a bundler may have moved it, so then the program's.
  for (const base of [typeof __filename === 'string' ? __filename : import.meta.url, `${process.cwd()}/`]) {
    try {
      return nodeModule.createRequire(base)('ws')
    } catch {}
  }
}

/** Whether the platform's own WebSocket takes headers: Node's, Bun's and Deno's do, a browser's worker's does not. */
export const takesInit = (): boolean => typeof process === 'object' && !!process.versions && !!process.versions.node
