/** Owns the word and the dot that say how a connection is, in every example. Must never say it by colour alone. */

import type { ConnectionStatus, WebSocketClient } from '../../hooks/index.ts'
import { useWebSocket } from '../../hooks/index.ts'
import { useSession } from '../../hooks/session.ts'
import { useSay } from './words.ts'

const tones = {
  ...{ open: 'good', connecting: 'busy', closing: 'busy', waiting: 'bad', blocked: 'bad', failed: 'bad' },
  ...{ idle: 'off', closed: 'off' },
} as const

export function Line({ status }: { status: ConnectionStatus }) {
  return (
    <p className="line" data-tone={tones[status]} data-status={status}>
      <i aria-hidden="true" /> {useSay().line[status]}
    </p>
  )
}

/** Of a client that is at hand; that of a session, or of GraphQL, is a client as any other. */
export const ClientLine = ({ client }: { client: WebSocketClient }) => <Line status={useWebSocket({ client }).status} />

export const SessionLine = () => <ClientLine client={useSession().ws} />
