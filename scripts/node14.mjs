// `npm run test:node14`: the examples of the requirement on the oldest Node that is promised, which is put into
// node_modules/.cache once.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

const build = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const folder = resolve('node_modules/.cache/node14')
const node = `${folder}/node_modules/${build}/bin/node`

if (!existsSync(node)) {
  mkdirSync(folder, { recursive: true })
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefix', folder]
  execFileSync('npm', ['install', ...flags, `${build}@14.21.3`], { stdio: 'inherit' })
}
console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)

const { status } = spawnSync('npx', ['vitest', 'run', '--project=requirements', 'test/requirements/examples.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SNIPPET_NODE: node },
})
process.exit(status ?? 1)
