/**
 * Owns the other Nodes that tests run on: each comes from the registry, once, into one cached folder. Must never use a
 * Node that happens to be installed.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Version → its binary; what `node@V` would fetch by a script, if scripts may run. */
export function fetchNodes(...versions: string[]): Map<string, string> {
  const folder = resolve('node_modules/.cache/runtimes')
  const isWindows = process.platform === 'win32'
  const build = `node-${isWindows ? 'win' : process.platform}-${process.arch}`
  const binary = (version: string) =>
    join(folder, 'node_modules', `v${version}`, isWindows ? 'bin/node.exe' : 'bin/node')
  if (!versions.every((version) => existsSync(binary(version)))) {
    mkdirSync(folder, { recursive: true })
    const packages = versions.map((version) => `v${version}@npm:${build}@${version}`)
    const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefix', folder]
    execFileSync('npm', ['install', ...flags, ...packages], { stdio: 'inherit' })
  }
  return new Map(versions.map((version) => [version, binary(version)]))
}
