/** Owns the list of what the main door exports besides the engine: read from the door itself, the one place that names it. */

import { readFileSync } from 'node:fs'

/** The values that `hooks/index.ts` exports from its own room, sorted. */
export const ownNames: readonly string[] = [
  ...readFileSync('hooks/index.ts', 'utf8').matchAll(/^export \{ ([^}]*) \} from '\.\//gm),
]
  .flatMap(([, list = '']) => list.split(', '))
  .sort()
