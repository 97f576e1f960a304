/** Ask and get an answer, over any server that repeats an id. The newest question wins; a lost one says so. */

import { useMemo } from 'react'
import { interactive, useRequest, useWebSocket, WebSocketProvider } from '../../hooks/index.ts'
import { createRequests } from '../../src/requests/index.ts'
import { Line } from './Line.tsx'
import { useSay } from './words.ts'

export function Asker() {
  const say = useSay().factors
  const { client, status } = useWebSocket()
  const requests = useMemo(
    () =>
      createRequests<number, number[]>(client, {
        tag: (factor, id) => JSON.stringify({ id, factor }),
        decode: JSON.parse,
        idOf: ({ id }) => id,
        failureOf: ({ error }) => error,
        resultOf: ({ factors }) => factors,
      }),
    [client],
  )
  const { ask, data, error, isPending } = useRequest(requests, { timeout: 5000 })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask(Number(new FormData(event.currentTarget).get('n')))
      }}
    >
      <Line status={status} />
      <label>
        {say.number} <input name="n" inputMode="numeric" required defaultValue="123456789" />
      </label>
      <button type="submit">{say.ask}</button>
      <output>{isPending ? say.waiting : error ? say.errors(error.code) : data?.join(' × ')}</output>
    </form>
  )
}

export function Factors() {
  return (
    <WebSocketProvider {...interactive} url="/sockets/factors">
      <Asker />
    </WebSocketProvider>
  )
}
