/** With `share` all callers of one url have one socket, each with a state of its own. */

import { useEffect, useState } from 'react'
import useWebSocket from 'react-use-websocket'
import { className, countRender, type ReactPeer, topicOf } from './react.ts'

export const peer: ReactPeer = {
  List({ url }) {
    const [list, setList] = useState<MessageEvent[]>([])
    const { lastMessage } = useWebSocket(url)
    // As its README says.
    useEffect(() => {
      if (lastMessage !== null) setList((list) => list.concat(lastMessage))
    }, [lastMessage])
    return <b id="count">{list.length}</b>
  },
  Shared: ({ children }) => <>{children}</>,
  Reader({ url, topic }) {
    countRender()
    const { lastMessage } = useWebSocket(url, { share: true, filter: ({ data }) => topicOf(data) === topic })
    return <p>{lastMessage?.data}</p>
  },
  User: ({ url }) => <i className={className(useWebSocket(url, { share: true }).readyState === 1)} />,
  Own: ({ url }) => <i className={className(useWebSocket(url).readyState === 1)} />,
}
