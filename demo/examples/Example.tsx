/** Owns the frame of an example: what it is, the thing itself, and its source. */

import { type ReactNode, useState } from 'react'
import { asPublished, highlight } from './source.ts'
import { useSay } from './words.ts'

export type ExampleName = 'ticker' | 'two' | 'factors' | 'list' | 'votes' | 'test'

interface ExampleProps {
  name: ExampleName
  /** Its file, and what stands in it. */
  file: string
  source: string
  children: ReactNode
}

export function Example({ name, file, source, children }: ExampleProps) {
  const say = useSay()
  return (
    <section className="example" id={name} aria-labelledby={`${name}-title`}>
      <div className="words">
        <h2 id={`${name}-title`}>{say[name].title}</h2>
        <p className="what">{say[name].what}</p>
      </div>
      <div className="live">{children}</div>
      <Source file={file} source={asPublished(source)} />
    </section>
  )
}

/** Where it stands beside what runs, it is there to be read; below it, it would push the next one off the screen. */
const isBeside = () => typeof window.matchMedia !== 'function' || window.matchMedia('(min-width: 900px)').matches

function Source({ file, source }: { file: string; source: string }) {
  const say = useSay()
  const [isCopied, setCopied] = useState(false)
  const [isOpen] = useState(isBeside)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(source)
      setCopied(true)
    } catch {
      // Forbidden, or no secure page: it can still be selected.
    }
  }
  return (
    <details className="source" open={isOpen}>
      <summary>
        {say.source} <code>{file}</code>
      </summary>
      <button type="button" className="quiet copy" onClick={copy}>
        {isCopied ? say.copied : say.copy}
      </button>
      <span className="unseen" role="status">
        {isCopied && say.copied}
      </span>
      {/* It scrolls, so the keyboard must reach it. */}
      <pre tabIndex={0}>
        <code>
          {highlight(source).map(({ kind, text }, index) => (
            <span key={index} className={kind}>
              {text}
            </span>
          ))}
        </code>
      </pre>
    </details>
  )
}
