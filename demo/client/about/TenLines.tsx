/**
 * Owns the ten lines that make a chat, shown as they stand in their file. Must never show
 * anything but what the tests run.
 */

import { useWords } from '../language.ts'
// oxlint-disable-next-line import/default -- Vite makes one of the file's text.
import source from './ten-lines.tsx?raw'
import { aboutWords } from './words.ts'

/** What follows the mark. */
export const tenLines = source.slice(source.indexOf('// ten lines:\n') + '// ten lines:\n'.length).trimEnd()

const token = /('[^']*'|"[^"]*")|\b(const|return|export)\b|(<\/?[A-Z]\w*|\/?>(?=\n|$))|\b(use[A-Z]\w*)/g

/** Names, texts and words of the language, for the eye alone. */
const kinds = ['text', 'word', 'tag', 'hook'] as const

function coloured(code: string) {
  const parts: { text: string; at: number; kind?: string | undefined }[] = []
  let end = 0
  for (const match of code.matchAll(token)) {
    const { 0: text, index } = match
    parts.push({ text: code.slice(end, index), at: end })
    parts.push({ text, at: index, kind: kinds[match.slice(1).findIndex((group) => group !== undefined)] })
    end = index + text.length
  }
  return [...parts, { text: code.slice(end), at: end }].filter(({ text }) => text !== '')
}

export function TenLines({ shown }: { shown: boolean }) {
  const words = useWords(aboutWords)
  return (
    <section className="card ten-lines" id="ten-lines" aria-labelledby="ten-lines-headline" data-shown={shown}>
      <h2 id="ten-lines-headline">{words.tenLines}</h2>
      <pre>
        <code>
          {coloured(tenLines).map(({ text, at, kind }) => (
            <span key={at} data-kind={kind}>
              {text}
            </span>
          ))}
        </code>
      </pre>
    </section>
  )
}
