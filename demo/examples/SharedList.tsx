/** What is written shows at once, survives the page, arrives once and in order; what all have written follows as a stream. */

import { useState } from 'react'
import { interactive } from '../../hooks/index.ts'
import { SessionProvider, useOutbox, useSession, useStream } from '../../hooks/session.ts'
import type { Position } from '../../src/session/index.ts'
import { SessionLine } from './Line.tsx'
import { useSay } from './words.ts'

interface Item {
  id: string
  text: string
}

/** By id: what comes with the state and as an event is there once. */
const added = (before: readonly Item[], more: readonly Item[]) => [
  ...new Map([...before, ...more].map((item) => [item.id, item])).values(),
]

function List() {
  const say = useSay().list
  const session = useSession<unknown, { position: Position; items: Item[] }>()
  const [items, setItems] = useState<readonly Item[]>([])
  const { entries, send, discard } = useOutbox<Item>()
  useStream<Item>('list', {
    async load() {
      const { position, items } = await session.request('all', { whenLost: 'resend' })
      setItems(items)
      return position
    },
    onEvent: (item) => setItems((before) => added(before, [item])),
  })
  const isThere = new Set(items.map(({ id }) => id))
  return (
    <form
      action={(form) => {
        send({ id: `${Date.now()}.${Math.random()}`, text: String(form.get('text')) })
      }}
    >
      <SessionLine />
      <label>
        {say.item} <input name="text" required maxLength={60} autoComplete="off" />
      </label>
      <button type="submit">{say.add}</button>
      <ul>
        {items.slice(-8).map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
        {entries
          .filter(({ data }) => !isThere.has(data.id))
          .map(({ n, data, status }) => (
            <li key={data.id} data-status={status}>
              {data.text} <i>{status === 'refused' ? say.refused : say.waiting}</i>
              {status === 'refused' && (
                <button type="button" className="link" onClick={() => discard(n)}>
                  {say.discard}
                </button>
              )}
            </li>
          ))}
      </ul>
    </form>
  )
}

export function SharedList() {
  return (
    <SessionProvider {...interactive} url="/sockets/list" outbox={{ name: 'examples:list' }}>
      <List />
    </SessionProvider>
  )
}
