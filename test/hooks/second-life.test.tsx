/** A second life is like the first: whatever a child does when a connection is wanted again works as at first mount. R30. */

import { render } from '@testing-library/react'
import * as React from 'react'
import { type ReactNode, StrictMode, useEffect, useLayoutEffect } from 'react'
import { describe, expect, it } from 'vitest'
import {
  type OwnConnectionProps,
  useWebSocket,
  useWebSocketConnection,
  type WebSocketClient,
} from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import { advanceTimers, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

type Fates = string[]

/** Sends in an effect, as soon as it is there and whenever its user changes. */
function Greeter({ user, fates, client }: ChildProps) {
  const { send, status } = useWebSocket({ client })
  useEffect(() => void fates.push(send(`hello ${user}`)), [user, fates, send])
  return status
}

/** The same, one phase earlier. */
function Herald({ user, fates, client }: ChildProps) {
  const { send, status } = useWebSocket({ client })
  useLayoutEffect(() => void fates.push(send(`hello ${user}`)), [user, fates, send])
  return status
}

interface ChildProps {
  user: string
  fates: Fates
  client?: WebSocketClient
}
type Props = Partial<OwnConnectionProps> & {
  world: World
  user: string
  fates: Fates
  Child?: (props: ChildProps) => ReactNode
}

const Provided = ({ world, user, fates, Child = Greeter, ...props }: Props) => (
  <InWorld world={world} {...props}>
    <Child user={user} fates={fates} />
  </InWorld>
)

function Owned({ world, user, fates, Child = Greeter, ...props }: Props) {
  const { url, ...options } = { ...world.options(), ...props } as OwnConnectionProps
  return <Child user={user} fates={fates} client={useWebSocketConnection(url, options)} />
}

const urlOf = (user: string) => `wss://example.test/?user=${user}`
const { Activity } = React as { Activity?: typeof React.Activity }

describe.each([
  ['<WebSocketProvider>', Provided],
  ['useWebSocketConnection', Owned],
])('%s', (_, Owner) => {
  /** Lives twice: `away` is how it ends the first time. */
  const ways: [
    string,
    (tree: (props: Partial<Props>) => ReactNode, user: string) => [away: ReactNode, back: ReactNode],
  ][] = [
    [
      'url null, then another',
      (tree) => [tree({ url: null, user: 'nobody' }), tree({ url: urlOf('bob'), user: 'bob' })],
    ],
    ['url null, then the same', (tree) => [tree({ url: null, user: 'nobody' }), tree({ user: 'bob' })]],
    ['enabled false, then true', (tree) => [tree({ enabled: false, user: 'nobody' }), tree({ user: 'bob' })]],
    [
      'enabled false, then true with another url',
      (tree) => [tree({ enabled: false, user: 'nobody' }), tree({ url: urlOf('bob'), user: 'bob' })],
    ],
    [
      'a function url taken away, then given again',
      (tree) => [tree({ url: undefined, user: 'nobody' }), tree({ url: () => urlOf('bob'), user: 'bob' })],
    ],
  ]

  it.each(ways)('[R30] %s: what a child sends in its effect is queued, and goes to the new connection', (__, way) => {
    for (const Child of [Greeter, Herald]) {
      // The old connection has closed, or is still about to.
      for (const isGone of [true, false]) {
        const world = createWorld({ server: accept() })
        const fates: Fates = []
        const tree = (props: Partial<Props>) => (
          <Owner world={world} user="ann" fates={fates} url={urlOf('ann')} Child={Child} {...props} />
        )
        const [away, back] = way(tree, 'bob')
        const { rerender, unmount } = render(tree({}))
        settle(() => world.advance(0))
        const [first] = world.sockets
        rerender(away)
        if (isGone) settle(() => world.advance(0))
        rerender(back)
        settle(() => world.advance(0))
        expect(fates).toEqual(['queued', 'dropped', 'queued'])
        expect(world.dials).toBe(2)
        expect(world.socket.sent).toEqual(['hello bob'])
        expect(first?.sent).toEqual(['hello ann'])
        expect(world.liveSockets).toEqual([world.socket])
        unmount()
        advanceTimers(0)
        world.advance(0)
      }
    }
  })

  // React 18 has no Activity.
  if (Activity)
    it('[R30][R32] hidden and shown by <Activity>: the same', () => {
      const world = createWorld({ server: accept() })
      const fates: Fates = []
      const tree = (mode: 'hidden' | 'visible') => (
        <StrictMode>
          <Activity mode={mode}>
            <Owner world={world} user="ann" fates={fates} />
          </Activity>
        </StrictMode>
      )
      const { rerender, container } = render(tree('visible'))
      settle(() => world.advance(0))
      rerender(tree('hidden'))
      settle(() => world.advance(0))
      expect(world.liveSockets).toEqual([])
      fates.length = 0
      rerender(tree('visible'))
      // Shown as what is about to be, not as what was.
      expect(container.textContent).toBe('connecting')
      settle(() => world.advance(0))
      expect(new Set(fates)).toEqual(new Set(['queued']))
      expect(world.dials).toBe(2)
      expect(world.socket.sent[0]).toBe('hello ann')
    })

  it('[R30] while it is not wanted, messages are dropped in every life but the first', () => {
    const world = createWorld({ server: accept() })
    const fates: Fates = []
    const tree = (user: string, props: Partial<Props>) => <Owner world={world} user={user} fates={fates} {...props} />
    const { rerender } = render(tree('a', { enabled: false }))
    rerender(tree('b', {}))
    settle(() => world.advance(0))
    rerender(tree('c', { enabled: false }))
    expect(fates).toEqual(['queued', 'queued', 'dropped'])
    expect(world.socket.sent).toEqual(['hello a', 'hello b'])
  })

  it('[R36] a component that has gone for good drops what is sent after it', () => {
    const world = createWorld({ server: accept() })
    let client: WebSocketClient | undefined
    const keep = (given: WebSocketClient) => {
      client = given
    }
    function Keeper({ client: given }: ChildProps) {
      const { client } = useWebSocket({ client: given })
      useEffect(() => keep(client), [client])
      return null
    }
    const { unmount } = render(<Owner world={world} user="" fates={[]} Child={Keeper} />)
    settle(() => world.advance(0))
    unmount()
    advanceTimers(0)
    world.advance(0)
    expect(client?.send('late')).toBe('dropped')
    expect(client?.getSnapshot().status).toBe('closed')
  })
})
