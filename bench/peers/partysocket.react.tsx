/** Its hook returns the socket; what components show they keep themselves, and share it by a context. */

import useWebSocket from 'partysocket/use-ws'
import { createContext, useContext, useEffect, useState } from 'react'
import { className, countRender, type ReactPeer, topicOf } from './react.ts'

const Context = createContext<WebSocket | null>(null)

export const peer: ReactPeer = {
  List({ url }) {
    const [list, setList] = useState<string[]>([])
    useWebSocket(url, undefined, { onMessage: ({ data }) => setList((list) => [...list, data]) })
    return <b id="count">{list.length}</b>
  },
  Shared: ({ url, children }) => <Context value={useWebSocket(url)}>{children}</Context>,
  Reader({ topic }) {
    countRender()
    const socket = useContext(Context)
    const [data, setData] = useState('')
    useEffect(() => {
      const hear = ({ data }: MessageEvent) => topicOf(data) === topic && setData(data)
      socket?.addEventListener('message', hear)
      return () => socket?.removeEventListener('message', hear)
    }, [socket, topic])
    return <p>{data}</p>
  },
  User() {
    const socket = useContext(Context)
    const [isOpen, setIsOpen] = useState(false)
    useEffect(() => {
      const look = () => setIsOpen(socket?.readyState === 1)
      socket?.addEventListener('open', look)
      socket?.addEventListener('close', look)
      return () => {
        socket?.removeEventListener('open', look)
        socket?.removeEventListener('close', look)
      }
    }, [socket])
    return <i className={className(isOpen)} />
  },
  Own({ url }) {
    const [isOpen, setIsOpen] = useState(false)
    useWebSocket(url, undefined, { onOpen: () => setIsOpen(true), onClose: () => setIsOpen(false) })
    return <i className={className(isOpen)} />
  },
}
