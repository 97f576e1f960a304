/** Owns the line that says what this page is, and where its README and its source are. */

import { usualSource } from '../source.ts'

// Written into the page by Vite (see vite.config.ts); tests that load this file alone have the usual address.
declare const __SOURCE__: string | undefined
const source = typeof __SOURCE__ === 'string' ? __SOURCE__ : usualSource

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
