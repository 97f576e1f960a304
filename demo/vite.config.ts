/**
 * Owns how Vite serves the demo's two pages, and how it builds them. The reload of a page whose server came back is switched
 * off: here the page itself shows how it survives that.
 */

import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { smallStyles } from '../scripts/small-styles.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Vite's own client would reload the page when the server comes back, and complain where it may not. */
const noViteClient: Plugin = {
  name: 'no-vite-client',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace(/<script type="module" src="\/@vite\/client"><\/script>\s*/, ''),
  },
}

/**
 * A staging build: what a client and its session let developer tools do is in it, so that the laboratory has something to show and
 * to record. Advice on options is for whoever writes them. React and all of the rest are built for production.
 */
const staging: Plugin = {
  name: 'staging',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/(client|session\/(session|outbox|courier|streams)|requests\/pending-requests)\.ts$/.test(id))
      return null
    const ways = /process\.env\.NODE_ENV !== 'production'(?=\)\s+(\{\s+)?(announce|show|return tap))/g
    const advice = 'warnOfOptions(options, this.options)'
    return code.replaceAll(advice, '{}').replace(ways, 'true')
  },
}

/** What Vite puts around `import()` hurries styles and scripts that a chunk needs. Here a chunk that comes later needs none. */
const plainImports: Plugin = {
  name: 'plain-imports',
  apply: 'build',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : null),
}

export default defineConfig({
  root: here('.'),
  cacheDir: here('../node_modules/.vite/demo'),
  plugins: [react(), noViteClient, staging, plainImports, smallStyles],
  // What package.json's `browser` field does for the published files: a page has no `ws` to load.
  resolve: { alias: [{ find: './ws-node.ts', replacement: './ws-browser.ts' }] },
  appType: 'spa',
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // Of what a page begins with. What it loads later is asked for by a click, and needs no helper that hurries.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    rolldownOptions: {
      input: [here('./index.html'), here('./examples.html')],
      // `"use client"` is meant.
      checks: { moduleLevelDirective: false },
      output: {
        // Whoever opens the panel needs its door, the panel and a session's views at once: one file is packed better than three.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: 'devtools', test: /\/devtools\/(?!record|panel\/words-zh)/ }],
        },
      },
    },
  },
  server: {
    middlewareMode: true,
    hmr: false,
    ws: false,
    fs: { allow: ['.', '../hooks', '../src', '../devtools', '../testing', '../node_modules', '../package.json'] },
  },
  // Found at the start, or the first visitor would wait for a second bundling.
  optimizeDeps: { include: ['react', 'react/jsx-runtime', 'react/jsx-dev-runtime', 'react-dom/client'] },
})
