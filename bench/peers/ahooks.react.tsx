/** It has the last message only, which components share by a context. */

import { useWebSocket } from 'ahooks'
import { createContext, useContext, useMemo, useRef } from 'react'
import { className, countRender, type ReactPeer, topicOf } from './react.ts'

const Context = createContext<ReturnType<typeof useWebSocket>>({ readyState: 3 })

export const peer: ReactPeer = {
  List({ url }) {
    const { latestMessage } = useWebSocket(url)
    const history = useRef<MessageEvent[]>([])
    // As its documentation does it.
    // oxlint-disable-next-line react/refs
    history.current = useMemo(() => (latestMessage ? history.current.concat(latestMessage) : []), [latestMessage])
    // oxlint-disable-next-line react/refs
    return <b id="count">{history.current.length}</b>
  },
  Shared: ({ url, children }) => <Context value={useWebSocket(url)}>{children}</Context>,
  Reader({ topic }) {
    countRender()
    const { latestMessage } = useContext(Context)
    return <p>{latestMessage && topicOf(latestMessage.data) === topic ? latestMessage.data : ''}</p>
  },
  User: () => <i className={className(useContext(Context).readyState === 1)} />,
  Own: ({ url }) => <i className={className(useWebSocket(url).readyState === 1)} />,
}
