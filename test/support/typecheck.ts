/**
 * Owns type-checking the examples against the sources, as files of their own, in a user's strict project.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const configuration = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    jsx: 'react-jsx',
    strict: true,
    noUnusedLocals: true,
    allowJs: true,
    checkJs: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: {
      'react-websocket-reconnect': [resolve('hooks/index.ts')],
      'react-websocket-reconnect/core': [resolve('src/index.ts')],
      'react-websocket-reconnect/graphql': [resolve('src/graphql/index.ts')],
      'react-websocket-reconnect/graphql/react': [resolve('hooks/graphql.ts')],
      'react-websocket-reconnect/server': [resolve('src/server/index.ts')],
      'react-websocket-reconnect/session': [resolve('src/session/index.ts')],
      'react-websocket-reconnect/requests': [resolve('src/requests/index.ts')],
      'react-websocket-reconnect/session/react': [resolve('hooks/session.ts')],
      'react-websocket-reconnect/testing': [resolve('testing/index.ts')],
      'react-websocket-reconnect/devtools': [resolve('devtools/index.ts')],
      'react-websocket-reconnect/devtools/recorder': [resolve('devtools/recorder.ts')],
      'react-native': ['./react-native.d.ts'],
    },
  },
}

/** All of React Native that the examples need; the real one weighs 100 MB. */
const reactNative = `export const AppState: {
  addEventListener(type: 'change', listener: (state: 'active' | 'background' | 'inactive') => void): { remove(): void }
}
`

/** What tsc has to say about these files; nothing if all is well. */
export function typecheck(folder: string, files: Readonly<Record<string, string>>): string {
  // Inside the repository, so that react, ws and the rest are found where they are installed.
  const home = resolve('node_modules/.cache/react-websocket-reconnect', folder)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  for (const [name, code] of Object.entries(files)) writeFileSync(join(home, name), code)
  writeFileSync(join(home, 'react-native.d.ts'), reactNative)
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ ...configuration, files: Object.keys(files) }))
  const tsc = resolve('node_modules/typescript/bin/tsc')
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8', cwd: home })
  return stdout + stderr
}
