// The last step of `npm run build`: dist/browser, one minified ES module per entry for pages without a bundler. Each is a
// production build and needs nothing by name but `react`; all share the engine of core.js by a relative import, so an
// error or a client of one is an error or a client of the others. Must never end up in a bundle: no condition of
// `exports` leads here.

import { readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const { name, version, license } = JSON.parse(readFileSync('package.json', 'utf8'))

/** File of dist/browser → door of the source. */
const doors = {
  core: 'src/index.ts',
  graphql: 'src/graphql/index.ts',
  requests: 'src/requests/index.ts',
  session: 'src/session/index.ts',
  react: 'hooks/index.ts',
  'graphql-react': 'hooks/graphql.ts',
  'session-react': 'hooks/session.ts',
  testing: 'testing/index.ts',
}

/** A page maps `react` alone: no second name for what `createElement` does as well. */
const jsxRuntime = `import { createElement } from 'react'
export const jsx = (type, props, key) => createElement(type, key === undefined ? props : { ...props, key })
export { jsx as jsxs }
export { Fragment } from 'react'`

const forPages = (entry) => ({
  name: 'for pages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react$/ }, () => ({ path: 'react', external: true }))
    onResolve({ filter: /^react\/jsx-runtime$/ }, () => ({ path: 'react/jsx-runtime', namespace: 'jsx' }))
    onLoad({ filter: /.*/, namespace: 'jsx' }, () => ({ contents: jsxRuntime, resolveDir: '.' }))
    onResolve({ filter: /\/ws-node\.ts$/ }, () => ({ path: resolve('src/runtime/ws-browser.ts') }))
    // Whatever another file of this folder is for stays in that file.
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const target = resolve(resolveDir, path)
      const found = Object.entries(doors).find(([door, source]) => door !== entry && target === resolve(source))
      return found ? { path: `./${found[0]}.js`, external: true, sideEffects: false } : undefined
    })
  },
})

rmSync('dist/browser', { recursive: true, force: true })
for (const [entry, source] of Object.entries(doors))
  await build({
    entryPoints: [source],
    outfile: `dist/browser/${entry}.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // As everywhere in dist: #private fields stay native.
    target: 'es2022',
    jsx: 'automatic',
    jsxDev: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    banner: { js: `/*! ${name} ${version} | ${license} */` },
    plugins: [forPages(entry)],
    logLevel: 'warning',
  })
