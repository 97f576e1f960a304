// `npm run test:node14` and `npm run test:react18`: the oldest Node and React that are promised, each put into
// node_modules/.cache once. The examples of the requirement run on that Node, the tests of the hooks on that React.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

/** Installs packages into a folder of their own, unless they are there; returns the folder's node_modules. */
function install(name, ...packages) {
  const folder = resolve('node_modules/.cache', name)
  const modules = `${folder}/node_modules`
  if (existsSync(modules)) return modules
  mkdirSync(folder, { recursive: true })
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefix', folder]
  execFileSync('npm', ['install', ...flags, ...packages], { stdio: 'inherit' })
  return modules
}

const runs = {
  node() {
    const build = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
    const node = `${install('node14', `${build}@14.21.3`)}/${build}/bin/node`
    console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)
    return [{ SNIPPET_NODE: node }, '--project=requirements', 'test/requirements/examples.test.ts']
  },
  react() {
    const tools = ['@testing-library/react@16.3.3', '@testing-library/dom@10.4.2']
    return [{ REACT_MODULES: install('react18', 'react@18.3.1', 'react-dom@18.3.1', ...tools) }, '--project=hooks']
  },
}

const [env, ...args] = runs[process.argv[2]]()
const { status } = spawnSync('npx', ['vitest', 'run', ...args], { stdio: 'inherit', env: { ...process.env, ...env } })
process.exit(status ?? 1)
