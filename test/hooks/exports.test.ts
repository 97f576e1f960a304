/** The main door lets through everything of the engine's, each by name: contract §1. */

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as main from '../../hooks/index.ts'
import * as core from '../../src/index.ts'

/** The names a door exports, types included. */
function namesIn(file: string): string[] {
  const lists = readFileSync(file, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)
  return [...lists].flatMap(([, list = '']) => list.split(',').map((name) => name.replace(/^\s*type\s/, '').trim()))
}

it('re-exports everything of /core, types too', () => {
  expect(main).toMatchObject(core)
  expect(namesIn('hooks/index.ts')).toEqual(expect.arrayContaining(namesIn('src/index.ts')))
})

it('holds the provider and the hooks, and no default export', () => {
  const own = Object.keys(main).filter((name) => !(name in core))
  expect(own.sort()).toEqual([
    'WebSocketProvider',
    'createWebSocketContext',
    'useCircuitState',
    'useConnectionStats',
    'useLastMessage',
    'useLastMessageEvent',
    'useMessage',
    'useMessageReducer',
    'useMessages',
    'useRetryCountdown',
    'useSend',
    'useTopic',
    'useWebSocket',
    'useWebSocketConnection',
    'useWebSocketEvent',
  ])
})
