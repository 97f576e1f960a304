/**
 * Owns the pages without a bundler, as fixtures/import-map has them, beside the installed package.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { liveByImportMap, serve, writeReact } from './pages.ts'

export const importMap = [
  { name: 'import map: the engine', page: 'engine.html' },
  { name: 'import map: the hooks', page: 'react.html' },
].map(({ name, page }) => ({
  name,
  async run(installation: string): Promise<string> {
    const beside = mkdtempSync(join(tmpdir(), 'import-map-'))
    const site = await serve(resolve('fixtures/import-map'), installation, beside)
    try {
      if (page === 'react.html') await writeReact(join(beside, 'react'))
      return await liveByImportMap(site.address, page)
    } finally {
      await site.close()
      rmSync(beside, { recursive: true, force: true })
    }
  },
}))
