/** Owns the names of who is in the room. While it is not joined nobody can know, and it says so. */

import type { Person } from '../../protocol.ts'
import { useWords } from '../language.ts'
import { identityWords } from './words.ts'

/** More names than this would push the conversation away. */
const shown = 6

interface PeopleProps {
  people: readonly Person[]
  nick: string
  joined: boolean
}

export function People({ people, nick, joined }: PeopleProps) {
  const words = useWords(identityWords)
  return (
    <div className="people">
      {joined ? (
        <ul aria-label={words.here}>
          {people.slice(0, shown).map((person) => (
            <li key={person.nick}>
              <bdi>{person.nick}</bdi>
              {person.nick === nick && <span className="note"> {words.me}</span>}
              {person.tabs > 1 && (
                <span className="note">
                  {' '}
                  <span aria-hidden="true">×{person.tabs}</span>
                  <span className="unseen">{words.tabs(person.tabs)}</span>
                </span>
              )}
            </li>
          ))}
          {people.length > shown && <li className="note">{words.others(people.length - shown)}</li>}
        </ul>
      ) : (
        <p>{words.unknown}</p>
      )}
    </div>
  )
}
