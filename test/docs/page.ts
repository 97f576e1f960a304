/**
 * Owns a page for tests that run in Node: the globals React looks for. Imported first, because React looks once.
 * Must never bring a WebSocket along: jsdom's own does not work under Vitest, and the engine finds `ws` by itself.
 */

import { createRequire } from 'node:module'

const { JSDOM } = createRequire(import.meta.url)('jsdom')
const { window } = new JSDOM('<!doctype html><body></body>', { url: 'https://app.example.com/' })

for (const name of ['window', 'document', 'navigator', 'Node', 'Element', 'HTMLElement', 'MutationObserver']) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true })
}
Object.assign(globalThis, { getComputedStyle: window.getComputedStyle })
