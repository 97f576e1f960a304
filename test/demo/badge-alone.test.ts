/** The badge as somebody copies it: one file, which needs React and this package and nothing else, and says all of it itself. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { importsOf, readSources } from '../../scripts/source-files.ts'

const path = 'demo/client/StatusBadge.tsx'

/** As its head says: what stands in the place of the path. */
const copied = () =>
  readFileSync(path, 'utf8').replace("from '../../hooks/index.ts'", "from 'react-websocket-reconnect'")

it('imports React and the public hooks, and nothing else', () => {
  const badge = readSources('demo/client').find((file) => file.path === path)
  expect(badge && importsOf(badge).map(({ target }) => target)).toEqual(['react', 'hooks/index.ts'])
  expect(copied()).toContain("from 'react-websocket-reconnect'")
})

it('compiles alone, under strict rules, against the public entry of the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'badge-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'StatusBadge.tsx'), copied())
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'))
  const paths = { 'react-websocket-reconnect': [resolve('hooks/index.ts')] }
  const config = { compilerOptions: { ...compilerOptions, paths }, files: ['StatusBadge.tsx'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  expect(execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder]).toString()).toBe('')
})
