/** Owns what the server says of itself, so that the page can be held against it. */

import type { DemoServerStatus } from '../../server/status.ts'
import { useLanguage, useWords } from '../language.ts'
import { duration } from '../status/status-text.ts'
import { breakWords } from './break-words.ts'
import { page } from './side-door.ts'

const shown = 12

export function ServerView({ status }: { status: DemoServerStatus }) {
  const words = useWords(breakWords)
  const language = useLanguage()
  const { connections, generation, attempts, up, switches } = status
  return (
    <section className="server-view" aria-label={words.view}>
      <h3>{words.view}</h3>
      <p>{up ? words.connections(connections.length, generation) : words.away}</p>
      <ul>
        {connections.map(({ id, nick, room, openedAt, heardAt }) => (
          <li key={`${id} ${openedAt}`}>
            <bdi>{nick || words.unnamed}</bdi>
            {id === page && <em> ({words.you})</em>}
            {room && ` #${room}`} ·{' '}
            <span className="note">{words.heard(duration(switches.now - heardAt, language))}</span>
          </li>
        ))}
      </ul>
      <p className="note">
        {words.tries}:{' '}
        {attempts
          .slice(-shown)
          .map(({ outcome }) => words.outcomes[outcome])
          .join(', ')}
      </p>
    </section>
  )
}
