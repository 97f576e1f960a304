/** What people write without a library; it does not come back. */

import { createContext, useContext, useEffect, useState } from 'react'
import { className, countRender, type ReactPeer, topicOf } from './react.ts'

const Context = createContext<WebSocket | null>(null)

function useSocket(url: string): WebSocket | null {
  const [socket, setSocket] = useState<WebSocket | null>(null)
  useEffect(() => {
    const socket = new WebSocket(url)
    // oxlint-disable-next-line react/set-state-in-effect -- as people write it
    setSocket(socket)
    return () => socket.close()
  }, [url])
  return socket
}

function useIsOpen(socket: WebSocket | null): boolean {
  const [isOpen, setIsOpen] = useState(false)
  useEffect(() => {
    if (!socket) return
    const look = () => setIsOpen(socket.readyState === 1)
    look()
    socket.addEventListener('open', look)
    socket.addEventListener('close', look)
    return () => {
      socket.removeEventListener('open', look)
      socket.removeEventListener('close', look)
    }
  }, [socket])
  return isOpen
}

export const peer: ReactPeer = {
  List({ url }) {
    const [list, setList] = useState<string[]>([])
    useEffect(() => {
      const socket = new WebSocket(url)
      socket.onmessage = ({ data }) => setList((list) => [...list, data])
      return () => socket.close()
    }, [url])
    return <b id="count">{list.length}</b>
  },
  Shared: ({ url, children }) => <Context value={useSocket(url)}>{children}</Context>,
  Reader({ topic }) {
    countRender()
    const socket = useContext(Context)
    const [data, setData] = useState('')
    useEffect(() => {
      if (!socket) return
      const hear = ({ data }: MessageEvent) => topicOf(data) === topic && setData(data)
      socket.addEventListener('message', hear)
      return () => socket.removeEventListener('message', hear)
    }, [socket, topic])
    return <p>{data}</p>
  },
  User: () => <i className={className(useIsOpen(useContext(Context)))} />,
  Own: ({ url }) => <i className={className(useIsOpen(useSocket(url)))} />,
}
