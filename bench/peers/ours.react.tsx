/** The hooks of this repository. */

import { useState } from 'react'
import { useMessages, useTopic, useWebSocket, useWebSocketConnection, WebSocketProvider } from '../../hooks/index.ts'
import { className, countRender, type ReactPeer, topicOf } from './react.ts'

const Count = () => <b id="count">{useMessages({ limit: Infinity }).length}</b>

export const peer: ReactPeer = {
  List: ({ url }) => (
    <WebSocketProvider url={url}>
      <Count />
    </WebSocketProvider>
  ),
  Shared: ({ url, children }) => (
    <WebSocketProvider url={url} topic={topicOf}>
      {children}
    </WebSocketProvider>
  ),
  Reader({ topic }) {
    countRender()
    const [data, setData] = useState('')
    useTopic<string>(topic, setData)
    return <p>{data}</p>
  },
  User() {
    const { state } = useWebSocket()
    return <i className={className(state === 'OPEN')} />
  },
  Own({ url }) {
    const client = useWebSocketConnection(url)
    const { state } = useWebSocket({ client })
    return <i className={className(state === 'OPEN')} />
  },
}
