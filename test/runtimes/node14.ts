/** Owns `npm run test:node14`: the examples of the requirement, run by Vitest on the oldest Node that is promised. */

import { spawnSync } from 'node:child_process'
import { fetchNodes } from '../support/nodes.ts'

const VERSION = '14.21.3'

export function main(): boolean {
  console.log(`Node ${VERSION}`)
  const args = ['run', '--project=requirements', 'test/requirements/examples.test.ts']
  const env = { ...process.env, SNIPPET_NODE: fetchNodes(VERSION).get(VERSION) }
  return spawnSync('npx', ['vitest', ...args], { stdio: 'inherit', env }).status === 0
}
