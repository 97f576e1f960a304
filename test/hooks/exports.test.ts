/** The main door lets through everything of the engine's, each by name: contract §1. */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as main from '../../hooks/index.ts'
import * as core from '../../src/index.ts'
import { ownNames } from '../support/export-names.ts'

/** The names a door exports, types included. */
function namesIn(file: string): string[] {
  const lists = readFileSync(file, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)
  return [...lists].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.replace(/^\s*(?:type\s|.* as )?/, '').trim()),
  )
}

it('re-exports everything of /core, types too', () => {
  expect(main).toMatchObject(core)
  expect(namesIn('hooks/index.ts')).toEqual(expect.arrayContaining(namesIn('src/index.ts')))
})

it('holds the provider, the hooks and what makes more of them, and no default export', () => {
  const own = Object.keys(main).filter((name) => !(name in core))
  expect(own.sort()).toEqual(ownNames)
  expect(ownNames.filter((name) => !/^use[A-Z]/.test(name))).toEqual(['WebSocketProvider', 'createWebSocketContext'])
})

it('exports each hook that has a file with a maker of its own, and has it in every set', () => {
  const made = readdirSync('hooks').flatMap(
    (file) => /export const createU(se\w+) =/.exec(readFileSync(`hooks/${file}`, 'utf8'))?.[1] ?? [],
  )
  const hooks = made.map((name) => `u${name}`)
  expect(made.length).toBeGreaterThan(10)
  expect(ownNames).toEqual(expect.arrayContaining(hooks))
  expect(Object.keys(main.createWebSocketContext()).sort()).toEqual(['Provider', ...hooks].sort())
})
