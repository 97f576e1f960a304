/** Owns the page of examples: its head, the list of what there is, and the examples one after the other. */

import { useEffect, useState } from 'react'
import { homepage, repository } from '../../package.json'
import { setLanguage, tagOf, useLanguage } from '../client/language.ts'
import { sourceOf } from '../source.ts'
import { Example, type ExampleName } from './Example.tsx'
import { Factors } from './Factors.tsx'
import factorsSource from './Factors.tsx?raw'
import testSource from './factors.test.tsx?raw'
import { SharedList } from './SharedList.tsx'
import listSource from './SharedList.tsx?raw'
import { Ticker } from './Ticker.tsx'
import tickerSource from './Ticker.tsx?raw'
import { TwoSockets } from './TwoSockets.tsx'
import twoSource from './TwoSockets.tsx?raw'
import { Votes } from './Votes.tsx'
import votesSource from './Votes.tsx?raw'
import { useSay } from './words.ts'

const source = sourceOf({ repository, homepage })
const names: readonly ExampleName[] = ['ticker', 'two', 'factors', 'list', 'votes', 'test']

export function Page() {
  const say = useSay()
  return (
    <div className="examples">
      <Head />
      <main>
        <Example name="ticker" file="Ticker.tsx" source={tickerSource}>
          <Ticker />
        </Example>
        <Example name="two" file="TwoSockets.tsx" source={twoSource}>
          <TwoSockets />
        </Example>
        <Example name="factors" file="Factors.tsx" source={factorsSource}>
          <Factors />
        </Example>
        <Example name="list" file="SharedList.tsx" source={listSource}>
          <SharedList />
        </Example>
        <Example name="votes" file="Votes.tsx" source={votesSource}>
          <Votes />
        </Example>
        <Example name="test" file="factors.test.tsx" source={testSource}>
          <p className="note">{say.notRun}</p>
        </Example>
      </main>
    </div>
  )
}

function Head() {
  const say = useSay()
  const language = useLanguage()
  const other = language === 'en' ? 'zh' : 'en'
  useEffect(() => {
    document.documentElement.lang = tagOf(language)
    document.title = `${say.title} · react-websocket-reconnect`
  }, [language, say])
  return (
    <header>
      <h1>{say.title}</h1>
      <p className="what">{say.intro}</p>
      <p className="links">
        <a href="/">{say.chat}</a> · <a href={`${source}#readme`}>README</a> ·{' '}
        <button type="button" className="link" lang={tagOf(other)} onClick={() => setLanguage(other)}>
          {say.language}
        </button>
      </p>
      <Cut />
      <nav aria-label={say.contents}>
        <ol>
          {names.map((name) => (
            <li key={name}>
              <a href={`#${name}`}>{say[name].title}</a>
            </li>
          ))}
        </ol>
      </nav>
    </header>
  )
}

/** The one switch of this page. What is cut is every example's socket, of all visitors. */
function Cut() {
  const say = useSay()
  const [outcome, setOutcome] = useState<number | null>(null)
  const cut = async () => {
    try {
      const response = await fetch('/sockets/cut', { method: 'POST', headers: { 'content-type': 'application/json' } })
      setOutcome(((await response.json()) as { cut: number }).cut)
    } catch {
      setOutcome(-1)
    }
  }
  return (
    <p className="cut">
      <button type="button" onClick={cut}>
        {say.cut}
      </button>{' '}
      <span className="note" role="status">
        {outcome === null ? say.cutNote : outcome < 0 ? say.cutFailed : say.cutDone(outcome)}
      </span>
    </p>
  )
}
