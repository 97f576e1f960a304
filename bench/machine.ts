/** Owns what is said of the machine: enough to judge a figure by, and neither a name nor a path. */

import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { browserVersion } from './browser.ts'
import type { Machine } from './results.ts'

const versionOf = (file: string): string => JSON.parse(readFileSync(file, 'utf8')).version

export async function describeMachine(): Promise<Machine> {
  const { dependencies } = JSON.parse(readFileSync('bench/peers/package.json', 'utf8'))
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    browser: await browserVersion(),
    react: versionOf('node_modules/react/package.json'),
    versions: { ...dependencies, ws: versionOf('node_modules/ws/package.json') },
  }
}
