/**
 * Owns Jest 27, which knows no `exports`: every entry is found by its stub folder, and the virtual world works in it.
 */

import { Place } from './place.ts'

const test = `const entries = {
  '': ['WebSocketProvider', 'useWebSocket', 'WebSocketReconnect'],
  '/core': ['WebSocketReconnect', 'json'],
  '/graphql': ['GraphQLSubscriptionClient'],
  '/graphql/react': ['GraphQLProvider', 'useSubscription'],
  '/requests': ['createRequests', 'RequestError'],
  '/session': ['Session', 'OutboxError'],
  '/session/react': ['SessionProvider', 'useOutbox'],
  '/testing': ['createWorld'],
}
test.each(Object.entries(entries))('react-websocket-reconnect%s', (entry, names) => {
  const door = require('react-websocket-reconnect' + entry)
  for (const name of names) expect(typeof door[name]).toBe('function')
})
test('one engine behind all of them', () => {
  const { WebSocketReconnect } = require('react-websocket-reconnect/core')
  expect(require('react-websocket-reconnect').WebSocketReconnect).toBe(WebSocketReconnect)
  const { createWorld } = require('react-websocket-reconnect/testing')
  const world = createWorld()
  const client = new WebSocketReconnect(world.options())
  client.connect()
  world.socket.accept()
  expect(client.state).toBe('OPEN')
})
`

export const jest = [
  {
    name: 'jest 27',
    async run(installation: string): Promise<string> {
      const place = (await Place.with('jest', { jest: '27.5.1', react: '18.3.1' })).unpack(installation)
      place.write('library.test.js', test)
      const output = await place.run('npx', ['jest', '--verbose'])
      const version = (await place.run('npx', ['jest', '--version'])).trim()
      const summary = /^Tests: +(.*)$/m.exec(output)?.[1]
      return `Jest ${version}, root and every entry: ${summary}`
    },
  },
]
