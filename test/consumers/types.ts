/**
 * Owns the pairs of React types and TypeScript that are promised: a strict user of every entry, the libraries' own
 * declarations checked as well. The oldest release of each line of React's types, since what it takes, later ones do.
 */

import { join } from 'node:path'
import { Place } from './place.ts'

const REACT_TYPES = ['18.0.0', '18.2.0', '18.3.0', '19.0.0', '19.3.0']
const COMPILERS = ['5.0.4', '5.4.5', '5.9.3', '6.0.3', '7.0.2']

const use = `import { createWebSocketContext, json, useMessage, useWebSocket, WebSocketProvider } from 'react-websocket-reconnect'
import { WebSocketReconnect, type ConnectionState } from 'react-websocket-reconnect/core'
import { type GraphQLDocument, GraphQLSubscriptionClient } from 'react-websocket-reconnect/graphql'
import { GraphQLProvider, useSubscription } from 'react-websocket-reconnect/graphql/react'
import { createWorld } from 'react-websocket-reconnect/testing'

const client = new WebSocketReconnect({ url: 'wss://example.com', maxRetries: 3 })
const graphql = new GraphQLSubscriptionClient('wss://example.com')
const Prices = createWebSocketContext<{ price: number }, { watch: string }>({ codec: json() })
export const world = new WebSocketReconnect(createWorld().options({ jitter: 0 }))
declare const document: GraphQLDocument<{ price: number }, { of: string }>

function Badge() {
  const state: ConnectionState = useWebSocket().state
  useMessage((data, event) => [data, event.timeStamp.toFixed()])
  return <b>{state}</b>
}
function Price() {
  const { send } = Prices.useWebSocket()
  Prices.useMessage(({ price }) => price.toFixed())
  const { data } = useSubscription(document, { variables: { of: 'tea' } })
  // @ts-expect-error a variable of another type
  useSubscription(document, { variables: { of: 1 } })
  graphql.subscribe(document, { of: 'tea' }, { onData: (result) => result.data?.price.toFixed() })
  // @ts-expect-error a variable that is missing
  graphql.subscribe(document, {})
  // @ts-expect-error a variable of another type
  graphql.iterate({ query: document, variables: { of: 1 } })
  graphql.subscribe('{ anything }', { of: 1 }, { onData: ({ data: anything }) => anything.at.all })
  return <button onClick={() => send({ watch: 'tea' })}>{data?.price}</button>
}
export const app = (
  <WebSocketProvider url="wss://example.com" maxRetries={Infinity}>
    <Badge />
    <WebSocketProvider client={client} />
    <Prices.Provider url={() => 'wss://example.com/prices'}>
      <GraphQLProvider endpoint="wss://example.com/graphql">
        <Price />
      </GraphQLProvider>
      <GraphQLProvider client={graphql} />
    </Prices.Provider>
  </WebSocketProvider>
)
// @ts-expect-error an option that does not exist
export const wrong = <WebSocketProvider url="wss://example.com" maxRetry={1} />
`

const common = {
  ...{ strict: true, noEmit: true, skipLibCheck: false, jsx: 'react-jsx', types: [] },
  ...{ target: 'es2020', lib: ['es2020', 'dom'] },
}
/** How the package is found: by `exports`, and in the oldest compiler by the stub folders as well. */
const projects = {
  bundler: { ...common, module: 'esnext', moduleResolution: 'bundler' },
  node: { ...common, module: 'commonjs', moduleResolution: 'node' },
}

/** One consumer for each release of React's types: what every compiler says of it. */
export const types = REACT_TYPES.map((version) => ({
  name: `types: @types/react ${version}`,
  async run(installation: string): Promise<string> {
    const aliases = COMPILERS.map((each) => [`typescript-${each}`, `npm:typescript@${each}`])
    const compilers = await Place.with('compilers', Object.fromEntries(aliases))
    // Those of 18.0 to 18.2 import `scheduler/tracing`, which later types of the scheduler no longer have.
    const packages = { '@types/react': version, ...(version < '18.3' && { '@types/scheduler': '0.16.8' }) }
    const place = (await Place.with(`types-${version}`, packages)).unpack(installation)
    place.write('use.tsx', use)
    for (const compiler of COMPILERS) {
      const tsc = join(compilers.folder, 'node_modules', `typescript-${compiler}`, 'bin', 'tsc')
      const names = compiler === COMPILERS[0] ? (['bundler', 'node'] as const) : (['bundler'] as const)
      for (const name of names) {
        place.write(`tsconfig.${name}.json`, JSON.stringify({ compilerOptions: projects[name], files: ['use.tsx'] }))
        await place.run(process.execPath, [tsc, '-p', `tsconfig.${name}.json`])
      }
    }
    return `compiles with TypeScript ${COMPILERS.join(', ')}`
  },
}))
