/**
 * Owns the question whether dist/ is what the source says. `node scripts/run.mjs scripts/built.ts` goes before tools that
 * read dist/. Must never build: whoever asks decides.
 */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The last file that `npm run build` writes. */
const LAST = 'dist/browser/testing.js'
const rooms = ['src', 'hooks', 'testing', 'devtools']
const recipe = ['package.json', 'vite.config.ts', 'tsconfig.build.json']
const steps = ['scripts/finish-build.mjs', 'scripts/browser-files.mjs']

/** What is wrong with dist/, in one sentence; undefined where it is fresh. */
export function staleness(): string | undefined {
  if (!existsSync(LAST)) return 'dist/ is missing: run "npm run build" first.'
  const built = statSync(LAST).mtimeMs
  const sources = rooms.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(room, name)),
  )
  const newer = [...sources, ...recipe, ...steps].find((file) => statSync(file).mtimeMs > built)
  return newer && `dist/ is older than ${newer}: run "npm run build" first.`
}

/** Ends the process, saying why, where dist/ is not fresh. */
export function requireBuild(): void {
  if (!main()) process.exit(1)
}

/** For commands of other tools that read dist/. */
export function main(): boolean {
  const complaint = staleness()
  if (complaint) console.error(complaint)
  return !complaint
}
