/**
 * Owns how the source of an example is shown: as its reader would write it, with the names the package is published under,
 * and in colours. Pure.
 */

/** The doors of this repository, and what they are called once published. */
const published: Record<string, string> = {
  'hooks/index': '',
  'hooks/graphql': '/graphql/react',
  'hooks/session': '/session/react',
  'src/index': '/core',
  'src/requests/index': '/requests',
  'src/session/index': '/session',
  'testing/index': '/testing',
}

/** `'../../hooks/index.ts'` is `'react-websocket-reconnect'` to everybody else. */
export const asPublished = (source: string): string =>
  source
    .replace(/'(?:\.\.\/)+((?:hooks|src|testing)\/[\w/]+)\.ts'/g, (found, door: string) =>
      door in published ? `'react-websocket-reconnect${published[door]}'` : found,
    )
    .trimEnd()

export type Kind = 'plain' | 'comment' | 'text' | 'word'

const tokens =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)|(?<text>'[^'\n]*'|"[^"\n]*"|`[^`]*`)|(?<word>\b(?:import|export|from|type|interface|const|let|function|return|async|await|if|else|for|of|new|default|true|false|null|undefined)\b)/g

/** In parts of one kind each; together they are the source again. */
export function highlight(source: string): { kind: Kind; text: string }[] {
  const parts: { kind: Kind; text: string }[] = []
  let at = 0
  for (const match of source.matchAll(tokens)) {
    if (match.index > at) parts.push({ kind: 'plain', text: source.slice(at, match.index) })
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) as [Kind, string]
    parts.push({ kind, text: match[0] })
    at = match.index + match[0].length
  }
  if (at < source.length) parts.push({ kind: 'plain', text: source.slice(at) })
  return parts
}
