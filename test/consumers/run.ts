/**
 * Owns `npm run test:consumers`: the packed package in empty folders, as a newcomer types it and as old tools read it. One
 * line for each consumer says what it saw. `npm run test:consumers -- types` runs those whose name begins so.
 */

import { rmSync } from 'node:fs'
import { install } from '../support/installation.ts'
import { importMap } from './import-map.ts'
import { jest } from './jest.ts'
import { types } from './types.ts'
import { viteApp } from './vite-app.ts'

interface Consumer {
  readonly name: string
  /** Returns what it saw; throws what went wrong. Is given the folder that `install()` made. */
  run(installation: string): Promise<string>
}

const consumers: readonly Consumer[] = [...viteApp, ...importMap, ...jest, ...types]

/** Runs all of them, or those of a name; returns whether all went well. */
export async function main(name = ''): Promise<boolean> {
  const chosen = consumers.filter((consumer) => consumer.name.toLowerCase().startsWith(name.toLowerCase()))
  const installation = install()
  let failed = 0
  try {
    for (const consumer of chosen) {
      const start = performance.now()
      const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`
      try {
        console.log(`✓ ${consumer.name}: ${await consumer.run(installation)} (${seconds()})`)
      } catch (error) {
        failed++
        console.log(`✗ ${consumer.name} (${seconds()}): ${(error as Error).message}`)
      }
    }
  } finally {
    rmSync(installation, { recursive: true, force: true })
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`)
  return failed === 0 && chosen.length > 0
}
