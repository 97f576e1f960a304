/**
 * The page that the browser tests of the hooks open, built for production: scenes that a test shows, changes and leaves.
 * A scene only writes down what it saw; what is right or wrong is for the test to say.
 */

import { type ReactNode, useEffect, useState, version } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import {
  json,
  type ListedMessage,
  useMessage,
  useMessages,
  useTopic,
  useWebSocket,
  WebSocketProvider,
} from '../../../../hooks/index.ts'

/** What scenes have noted; `observe` of the stage adds what the page itself shows. */
export interface Notes {
  react: string
  /** Everything `useMessage` was called with. */
  heard: unknown[]
  /** What `useMessages` has returned last. */
  list: readonly ListedMessage[]
  /** Renders by component. */
  renders: Record<string, number>
  /** What provider functions were asked, and answered. */
  asked: string[]
}

export interface ScenePage {
  notes: Notes
  /** Renders a scene, or renders it again with other props. */
  show: (name: keyof typeof scenes, props: SceneProps) => void
  leave: () => void
}

export interface SceneProps {
  url: string
  /** How many of whatever the scene has many of. */
  count?: number
  /** Changes from one render to the next. */
  tick?: number
  isMounted?: boolean
  /** Sent as soon as the scene is mounted. */
  says?: string
}

const notes: Notes = { react: version, heard: [], list: [], renders: {}, asked: [] }

const times = (count: number, make: (index: number) => ReactNode) => Array.from({ length: count }, (_, i) => make(i))

function Heard() {
  useMessage((data) => notes.heard.push(data))
  return null
}

function Last() {
  const { lastMessage } = useWebSocket()
  return <b>{String(lastMessage)}</b>
}

function List() {
  const list = useMessages({ limit: 10_000 })
  useEffect(() => {
    notes.list = list
  })
  return <u>{list.length}</u>
}

function Topic({ name }: { name: string }) {
  const [n, setN] = useState(0)
  useTopic<{ n: number }>(name, (message) => setN(message.n))
  useEffect(() => {
    notes.renders[name] = (notes.renders[name] ?? 0) + 1
  })
  return <s>{n}</s>
}

const topicOf = (message: { topic: string }) => message.topic

function State() {
  const { state } = useWebSocket()
  return <i>{state}</i>
}

function Says({ text }: { text: string }) {
  const { send } = useWebSocket()
  useEffect(() => void send(text), [send, text])
  return null
}

const scenes = {
  /** One that hears everything, one that lists everything, one that shows the last of it. */
  burst: ({ url }: SceneProps) => (
    <WebSocketProvider url={url}>
      <State />
      <Heard />
      <List />
      <Last />
    </WebSocketProvider>
  ),

  /** Many that show the same. */
  readers: ({ url, count = 20 }: SceneProps) => (
    <WebSocketProvider url={url}>
      <State />
      {times(count, (i) => (
        <Last key={i} />
      ))}
    </WebSocketProvider>
  ),

  /** Many that wait for a topic each. */
  topics: ({ url, count = 1000 }: SceneProps) => (
    <WebSocketProvider url={url} codec={json()} topic={topicOf}>
      <State />
      {times(count, (i) => (
        <Topic key={i} name={`t${i}`} />
      ))}
    </WebSocketProvider>
  ),

  /** Many that use the connection in every usual way. */
  users: ({ url, count = 1000 }: SceneProps) => (
    <WebSocketProvider url={url}>
      {times(count, (i) => (
        <User key={i} />
      ))}
    </WebSocketProvider>
  ),

  /** Its url is another one as soon as it is mounted. */
  switching: Switching,

  /** Its provider functions are written inline, and new on every render. */
  inline: ({ url, tick = 0 }: SceneProps) => (
    <WebSocketProvider
      baseDelay={100}
      jitter={0}
      url={({ attempt }) => {
        notes.asked.push(`url ${tick} ${attempt}`)
        return `${url}/${tick}`
      }}
      protocols={() => [`tick-${tick}`]}
    >
      <State />
      <Heard />
    </WebSocketProvider>
  ),

  /** A provider that may or may not be there. */
  visit: ({ url, isMounted = true, says }: SceneProps) =>
    isMounted && (
      <WebSocketProvider url={url}>
        <State />
        {says && <Says text={says} />}
      </WebSocketProvider>
    ),
}

function User() {
  const { state, send } = useWebSocket({ onOpen: () => void send })
  useMessage(() => {})
  return <i>{state}</i>
}

function Switching({ url, says = '' }: SceneProps) {
  const [path, setPath] = useState('/before')
  useEffect(() => setPath('/after'), [])
  return (
    <WebSocketProvider url={url + path}>
      <State />
      <Says key={path} text={`${says} ${path}`} />
    </WebSocketProvider>
  )
}

let root: Root | undefined

const page: ScenePage = {
  notes,
  show(name, props) {
    const Scene = scenes[name] as (props: SceneProps) => ReactNode
    root = root || createRoot(document.getElementById('root') as HTMLElement)
    root.render(<Scene {...props} />)
  },
  leave() {
    root?.unmount()
    root = undefined
  },
}

Object.assign(window, page)
