// `npm run test:node14`: the requirement's examples once more, on the oldest Node that is promised. That Node comes from
// the registry and is kept in node_modules/.cache.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

const version = '14.21.3'
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const folder = resolve('node_modules/.cache/node14')
const node = `${folder}/node_modules/node-${platform}/bin/node`

if (!existsSync(node)) {
  mkdirSync(folder, { recursive: true })
  const install = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `node-${platform}@${version}`]
  execFileSync('npm', install, { stdio: 'inherit' })
}
console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)

const { status } = spawnSync('npx', ['vitest', 'run', '--project=requirements', 'test/requirements/examples.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SNIPPET_NODE: node },
})
process.exit(status ?? 1)
