/** GraphQL over graphql-transport-ws: a subscription that is back after each reconnect, and mutations on the same connection. */

import { GraphQLProvider, useGraphQLClient, useSubscription } from '../../hooks/graphql.ts'
import { interactive } from '../../hooks/index.ts'
import { ClientLine } from './Line.tsx'
import { useSay } from './words.ts'

const votes = 'subscription { votes { tea coffee } }'
const vote = 'mutation Vote($for: Drink!) { vote(for: $for) { tea } }'

function Poll() {
  const say = useSay().votes
  const client = useGraphQLClient()
  const { data, error } = useSubscription<{ votes: { tea: number; coffee: number } }>(votes)
  const { tea = 0, coffee = 0 } = data?.votes ?? {}
  return (
    <>
      <ClientLine client={client.ws} />
      <p className="votes">
        <button type="button" onClick={() => client.subscribe(vote, { for: 'TEA' })}>
          {say.tea} <b data-votes="tea">{tea}</b>
        </button>
        <button type="button" onClick={() => client.subscribe(vote, { for: 'COFFEE' })}>
          {say.coffee} <b data-votes="coffee">{coffee}</b>
        </button>
      </p>
      <meter min={0} max={Math.max(1, tea + coffee)} value={tea} aria-label={say.share} />
      {error && <p>{say.failed}</p>}
    </>
  )
}

export function Votes() {
  return (
    <GraphQLProvider {...interactive} endpoint="/sockets/votes">
      <Poll />
    </GraphQLProvider>
  )
}
