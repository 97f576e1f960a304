/**
 * Owns reading the requirement: its code blocks and tables, exactly as they stand in docs/requirements.md.
 * Must never hold a copy of what the document says.
 */

import { readFileSync } from 'node:fs'

export const requirement = readFileSync('docs/requirements.md', 'utf8')

/** The n-th code block under a heading, verbatim. */
export function snippet(heading: string, n = 0): string {
  const blocks = [...section(heading).matchAll(/^```\w*\n([\s\S]*?)^```$/gm)]
  const block = blocks[n]
  if (!block) throw new Error(`docs/requirements.md has no code block ${n} under "${heading}"`)
  return block[1] as string
}

/** The rows of the first table under a heading, without its head; code marks stripped. */
export function table(heading: string): string[][] {
  const rows = section(heading)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split('|'))
  return rows.slice(2).map((cells) => cells.map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')))
}

/** Everything from a heading to the next one, of any level. */
function section(heading: string): string {
  const start = requirement.indexOf(`\n${heading}\n`)
  if (start < 0) throw new Error(`docs/requirements.md has no heading "${heading}"`)
  const text = requirement.slice(start + heading.length + 2)
  // A `#` inside a code block is no heading.
  let fenced = false
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced
    if (!fenced && /^#{1,6} /.test(line)) break
    lines.push(line)
  }
  return lines.join('\n')
}
