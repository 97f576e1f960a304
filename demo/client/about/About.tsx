/**
 * Owns the head of the page: what it is, the ten lines that make it, where its README, source and examples are, and in which
 * language it speaks. Small pages show the ten lines when they are asked for, others always.
 */

import { useState } from 'react'
import { homepage, repository } from '../../../package.json'
import { sourceOf } from '../../source.ts'
import { setLanguage, tagOf, useLanguage, useWords } from '../language.ts'
import { TenLines } from './TenLines.tsx'
import { aboutWords } from './words.ts'

const source = sourceOf({ repository, homepage })

export function About() {
  const words = useWords(aboutWords)
  const other = useLanguage() === 'en' ? 'zh' : 'en'
  const [shown, setShown] = useState(false)
  return (
    <>
      <header className="about">
        <h1>{words.title}</h1>
        <p>
          {words.what} <strong>react-websocket-reconnect</strong>
          <span className="spare">{words.spare}</span>
        </p>
        <nav aria-label={words.ways}>
          <a href={`${source}#readme`}>README</a>
          <a href={source}>{words.source}</a>
          <a href="/examples.html">{words.examples}</a>
          <button
            type="button"
            className="link lines-opener"
            aria-expanded={shown}
            aria-controls="ten-lines"
            onClick={() => setShown(!shown)}
          >
            {words.lines}
          </button>
          <button type="button" className="link" lang={tagOf(other)} onClick={() => setLanguage(other)}>
            {words.other}
          </button>
        </nav>
      </header>
      <TenLines shown={shown} />
    </>
  )
}
