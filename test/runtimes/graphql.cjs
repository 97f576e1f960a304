// GraphQL on any Node from 14 on: `node graphql.cjs ws://server/graphql [ws]`, against graphql-server.mjs. Takes the
// global WebSocket where there is one, unless told to take `ws`. Prints one line and ends by itself, with 0 if all held.

const assert = require('assert')
const { GraphQLSubscriptionClient } = require('react-websocket-reconnect/graphql')

const [, , address, choice] = process.argv
const options = { connectionParams: async () => ({ token: 'abc' }), baseDelay: 20 }
if (choice === 'ws') options.WebSocket = require('ws')
const client = new GraphQLSubscriptionClient(address, options)

/** The results of an operation: each `next()` waits for one. */
function results(query, variables) {
  const iterator = client.iterate({ query, variables })
  return { next: async () => (await iterator.next()).value.data, stop: () => iterator.return() }
}

async function main() {
  await client.connect()
  assert.strictEqual(client.ws.protocol, 'graphql-transport-ws')

  assert.deepStrictEqual(await results('query ($name: String!) { hello(name: $name) }', { name: 'Ada' }).next(), {
    hello: 'Hello Ada',
  })
  const counted = []
  const query = 'subscription ($to: Int!) { count(to: $to) }'
  for await (const { data } of client.iterate({ query, variables: { to: 3 } })) counted.push(data.count)
  assert.deepStrictEqual(counted, [1, 2, 3])

  // The server drops us in mid-subscription: the operation goes on with the next connection.
  const connections = results('subscription { connections }')
  assert.deepStrictEqual(await connections.next(), { connections: 1 })
  const back = new Promise((resolve) => client.ws.once('open', resolve))
  const stop = client.subscribe('mutation { drop }')
  client.ws.once('close', stop)
  await back
  assert.deepStrictEqual(await connections.next(), { connections: 2 })
  await connections.stop()
  await connections.stop()

  client.disconnect()
  const socket = choice === 'ws' || typeof WebSocket === 'undefined' ? 'ws' : 'its own WebSocket'
  console.log(`GraphQL runs on Node ${process.version} with ${socket}`)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
