/** Owns the markup that the ten lines leave to the reader: a list and a field. Must never know of a connection. */

import type { OutboxView } from '../../../hooks/session.ts'
import type { Heard, Say } from '../../protocol.ts'
import { newId } from '../chat/tab-storage.ts'

interface RoomProps {
  log: readonly Heard[]
  outbox: OutboxView<Say>
}

export function Room({ log, outbox: { entries, send } }: RoomProps) {
  const say = (form: FormData) =>
    send({
      ...{ type: 'say', room: 'lobby', id: newId(), from: newId(), nick: 'Ada', at: Date.now() },
      text: String(form.get('text')),
    })
  return (
    <form action={(form) => void say(form)}>
      <ul>
        {log.map(({ id, nick, text }) => (
          <li key={id}>
            {nick}: {text}
          </li>
        ))}
      </ul>
      <input name="text" aria-label="Message" />
      <button type="submit">Send</button>
      <output>{entries.length} on their way</output>
    </form>
  )
}
