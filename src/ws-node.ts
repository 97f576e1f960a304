/**
 * Owns loading `ws` in Node, on the first connect that needs it. Browsers' bundles get ws-browser.ts instead, so that
 * no trace of Node reaches them. Must never load anything while it is imported.
 */

import { createRequire } from 'module'
import type { SocketConstructor } from './options.ts'

/** `ws`, or undefined where it is not installed. */
export function loadWs(): SocketConstructor | undefined {
  try {
    // The name is computed nowhere else: bundlers would follow a literal require and ship ws's optional natives.
    return createRequire(import.meta.url)('ws')
  } catch {}
}
