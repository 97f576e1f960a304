/**
 * Owns the installation that the tests of the published package run against: built, packed, unpacked where a user's
 * package manager would put it, with `ws` beside it. Vitest calls it once, before the project `requirements`.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { staleness } from '../../scripts/built.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder whose node_modules holds the packed package and `ws`. */
    installation: string
  }
}

export default function setup(project: TestProject): () => void {
  const folder = install()
  project.provide('installation', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}

/** Builds if need be, packs, and unpacks into a new folder, which it returns. */
export function install(): string {
  if (staleness()) npm('run', 'build')
  const folder = mkdtempSync(join(tmpdir(), 'react-websocket-reconnect-'))
  const home = join(folder, 'node_modules', 'react-websocket-reconnect')
  mkdirSync(home, { recursive: true })
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder))
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components=1'])
  symlinkSync(resolve('node_modules/ws'), join(folder, 'node_modules', 'ws'), 'junction')
  return folder
}

const npm = (...args: string[]) => execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
