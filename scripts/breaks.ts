/**
 * Breaks the library on purpose, one line at a time, and checks that a test citing that rule turns red.
 * `npm run test:breaks [R4 R9 …]`. Edits no file: each break is made while the module loads.
 */

import { startVitest } from 'vitest/node'
import { breaks } from './planted-breaks.ts'

const wanted = process.argv.slice(2)
let caught = 0
let missed = 0
for (const [rule, file, from, to] of breaks) {
  if (wanted.length && !wanted.includes(rule)) continue
  // Rules that are kept by more than the engine have their tests in two rooms.
  const isView = /^(hooks|src\/observers)\/|mount-lease/.test(file) || rule === 'R33'
  const room = /^src\/(server|session)\//.exec(file)?.[1]
  const ofRoom = room === 'session' ? ['test/session', 'test/properties/chaos'] : [`test/${room}`]
  const folders = room ? ofRoom : isView ? ['test/observers', 'test/hooks'] : ['test/core/rules']
  const vitest = await startVitest(
    'test',
    folders,
    {
      root: new URL('..', import.meta.url).pathname,
      config: false,
      watch: false,
      environment: isView ? 'jsdom' : 'node',
      include: folders.map((folder) => `${folder}/**/*.test.{ts,tsx}`),
      testNamePattern: `\\[${rule}\\]`,
      reporters: [{}],
      dangerouslyIgnoreUnhandledErrors: true,
    },
    {
      logLevel: 'silent',
      plugins: [
        {
          name: 'break',
          enforce: 'pre',
          transform: (code: string, id: string) => (id.endsWith(`/${file}`) ? code.replace(from, () => to) : undefined),
        },
      ],
    },
  )
  const red = [...vitest.state.getTestModules()].flatMap((module) => [...module.children.allTests('failed')])
  const [first] = red
  await vitest.close()
  if (first) caught++
  else missed++
  console.log(`${rule.padEnd(4)} ${first ? 'red  ' : 'GREEN'} ${file}: ${from} → ${to || '(nothing)'}`)
  if (first) console.log(`           ${red.length} red, first: ${first.name}`)
}
process.exitCode = missed ? 1 : 0
console.log(`${caught} passed, ${missed} failed`)
