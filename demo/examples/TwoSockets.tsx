/** Two connections, each with a provider and typed hooks of its own. One may be down, or closed, while the other goes on. */

import { useState } from 'react'
import { createWebSocketContext, interactive, json } from '../../hooks/index.ts'
import { Line } from './Line.tsx'
import { useSay } from './words.ts'

const Load = createWebSocketContext<{ cpu: number; megabytes: number; visitors: number }>({ codec: json() })
const Echo = createWebSocketContext<{ text: string }, { text: string }>({ codec: json() })

function Server() {
  const say = useSay().two
  const { status } = Load.useWebSocket()
  const load = Load.useLastMessage()
  return (
    <div>
      <Line status={status} />
      <p data-shows="load">{load && say.load(Math.round(load.cpu * 100), load.megabytes, load.visitors)}</p>
    </div>
  )
}

function Parrot() {
  const say = useSay().two
  const { status, send } = Echo.useWebSocket()
  const heard = Echo.useLastMessage()
  return (
    <div>
      <Line status={status} />
      <label>
        {say.speak} <input maxLength={60} onChange={({ target }) => send({ text: target.value })} />
      </label>
      <p data-shows="echo">{heard?.text}</p>
    </div>
  )
}

export function TwoSockets() {
  const say = useSay().two
  const [isWanted, setWanted] = useState(true)
  return (
    <Load.Provider {...interactive} url="/sockets/load">
      <Echo.Provider {...interactive} url={isWanted ? '/sockets/echo' : null}>
        <Server />
        <Parrot />
        <button type="button" className="quiet" onClick={() => setWanted(!isWanted)}>
          {isWanted ? say.close : say.open}
        </button>
      </Echo.Provider>
    </Load.Provider>
  )
}
