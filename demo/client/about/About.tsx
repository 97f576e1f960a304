/** Owns the line that says what this page is, and where its README and its source are. */

import { homepage, repository } from '../../../package.json'
import { sourceOf } from '../../source.ts'

const source = sourceOf({ repository, homepage })

export function About() {
  return (
    <header className="about">
      <h1>A chat that you can break</h1>
      <p>
        The demo of <strong>react-websocket-reconnect</strong>
        <span className="spare">, WebSockets that come back</span>. <a href={`${source}#readme`}>README</a> ·{' '}
        <a href={source}>Source</a>
      </p>
    </header>
  )
}
