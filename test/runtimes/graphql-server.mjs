// The real graphql-ws server as a process of its own, because it needs Node 20 and its clients here do not. Prints its
// address on the first line and ends with its standard input. The mutation `drop` destroys every connection.

import { buildSchema } from 'graphql'
import { useServer as attach } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'

const schema = buildSchema(`
  type Query { hello(name: String!): String! }
  type Mutation { drop: Boolean }
  type Subscription { count(to: Int!): Int!, connections: Int! }
`)

let connections = 0
const wss = new WebSocketServer({ host: '127.0.0.1', port: 0 })
attach(
  {
    schema,
    roots: {
      query: { hello: ({ name }) => `Hello ${name}` },
      mutation: {
        drop: () => {
          for (const socket of wss.clients) socket.terminate()
        },
      },
      subscription: {
        async *count({ to }) {
          for (let count = 1; count <= to; count++) yield { count }
        },
        // Says which connection this is, and stays open for the next drop.
        async *connections() {
          yield { connections }
          await new Promise(() => {})
        },
      },
    },
    onConnect: ({ connectionParams }) => connectionParams?.token === 'abc' && ++connections > 0,
  },
  wss,
)
wss.on('listening', () => console.log(`ws://127.0.0.1:${wss.address().port}/graphql`))
process.stdin.resume().on('end', () => process.exit())
