/** A thousand rows with a topic each. Who is on the page decides what the server is asked for. */

import { memo, useState } from 'react'
import { createWebSocketContext, interactive, json } from '../../hooks/index.ts'
import { Line } from './Line.tsx'
import { useSay } from './words.ts'

/** `n`: how many of this topic the server has sent, this one included; of all, where the topic is `total`. */
interface Tick {
  topic: string
  price: number
  n: number
}
type Ask = { subscribe: readonly string[] } | { unsubscribe: readonly string[] } | { rate: number }

const Market = createWebSocketContext<Tick, Ask>({
  codec: json(),
  topic: ({ topic }) => topic,
  subscribe: (topics) => ({ subscribe: topics }),
  unsubscribe: (topics) => ({ unsubscribe: topics }),
})

const fold = (row: { price: number; count: number }, { price, n }: Tick) => ({
  price,
  // The first of a new connection begins anew.
  count: n === 1 ? 1 : row.count + 1,
})
const nothing = { price: 0, count: 0 }

const Row = memo(function Row({ topic }: { topic: string }) {
  const { price, count } = Market.useMessageReducer(fold, nothing, { topic })
  return (
    <li>
      <b>{topic}</b> <span>{count ? price.toFixed(2) : '–'}</span> <i>{count}</i>
    </li>
  )
})

/** All ticks that came, and how many had not when the server last told its own count. */
const sum = (all: { received: number; missing: number }, { topic, n }: Tick) => {
  if (topic !== 'total') return { ...all, received: all.received + 1 }
  return n === 0 ? { received: 0, missing: 0 } : { ...all, missing: n - all.received }
}

function Board() {
  const say = useSay().ticker
  const [rate, setRate] = useState(200)
  const [rows, setRows] = useState(1000)
  const { send, status } = Market.useWebSocket({ onOpen: () => void send({ rate }, { queue: false }) })
  const { received, missing } = Market.useMessageReducer(sum, { received: 0, missing: 0 })
  const ask = (rate: number) => {
    setRate(rate)
    send({ rate }, { queue: false })
  }
  return (
    <>
      <Line status={status} />
      <p className="choices">
        {[0, 200, 5000].map((some) => (
          <button type="button" className="quiet" key={some} aria-pressed={rate === some} onClick={() => ask(some)}>
            {some ? say.perSecond(some) : say.pause}
          </button>
        ))}
        <button type="button" className="quiet" onClick={() => setRows(rows === 1000 ? 100 : 1000)}>
          {say.rows(rows === 1000 ? 100 : 1000)}
        </button>
      </p>
      <p className="sums">
        {say.received} <b data-sum="received">{received}</b> · {say.missing} <b data-sum="missing">{missing}</b>
      </p>
      <p className="columns" aria-hidden="true">
        {say.columns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </p>
      {/* It scrolls, so the keyboard must reach it. */}
      <ol className="rows" tabIndex={0} aria-label={say.list}>
        {Array.from({ length: rows }, (_, n) => `T${String(n).padStart(3, '0')}`).map((topic) => (
          <Row key={topic} topic={topic} />
        ))}
      </ol>
    </>
  )
}

export function Ticker() {
  return (
    <Market.Provider {...interactive} url="/sockets/ticker">
      <Board />
    </Market.Provider>
  )
}
