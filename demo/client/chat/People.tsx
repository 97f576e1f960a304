/** Owns the names of who is in the room. While it is not joined nobody can know, and it says so. */

import type { Person } from '../../protocol.ts'

/** More names than this would push the conversation away. */
const shown = 6

interface PeopleProps {
  people: readonly Person[]
  nick: string
  joined: boolean
}

export function People({ people, nick, joined }: PeopleProps) {
  return (
    <div className="people">
      {joined ? (
        <ul aria-label="Here now">
          {people.slice(0, shown).map((person) => (
            <li key={person.nick}>
              <bdi>{person.nick}</bdi>
              {person.nick === nick && <span className="note"> you</span>}
              {person.tabs > 1 && (
                <span className="note">
                  {' '}
                  <span aria-hidden="true">×{person.tabs}</span>
                  <span className="unseen">in {person.tabs} tabs</span>
                </span>
              )}
            </li>
          ))}
          {people.length > shown && <li className="note">and {people.length - shown} more</li>}
        </ul>
      ) : (
        <p>Who is here is not known now.</p>
      )}
    </div>
  )
}
