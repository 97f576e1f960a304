/**
 * Owns reading the project's own documents: their examples, headings, tables and links.
 * Must never hold a copy of what a document says.
 */

import { readFileSync } from 'node:fs'

/** A code block that runs: its file name stands in a comment above it, `<!-- example: Badge.tsx -->`. */
export interface Example {
  readonly name: string
  readonly code: string
}

export interface Document {
  readonly file: string
  readonly text: string
  /** The text without its code blocks. */
  readonly prose: string
  /** Every code block: its language and content. */
  readonly blocks: readonly { readonly language: string; readonly code: string }[]
  readonly examples: readonly Example[]
  readonly headings: readonly { readonly level: number; readonly title: string; readonly anchor: string }[]
}

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm

export function read(file: string): Document {
  return parse(file, readFileSync(file, 'utf8'))
}

function parse(file: string, text: string): Document {
  const prose = text.replace(FENCE, '')
  return {
    file,
    text,
    prose,
    blocks: [...text.matchAll(FENCE)].map(([, , language = '', code = '']) => ({ language, code })),
    examples: [...text.matchAll(/^<!-- example: (\S+) -->\n```\w+\n([\s\S]*?)^```$/gm)].map(
      ([, name = '', code = '']) => ({ name, code }),
    ),
    headings: [...prose.matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks = '', title = '']) => ({
      level: marks.length,
      title,
      anchor: anchor(title),
    })),
  }
}

/** The anchor GitHub gives a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')
}

/** The text from a heading to the next one of its level or above; code blocks left out. */
export function section({ file, prose }: Document, title: string): string {
  const start = prose.split('\n').findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title)
  if (start < 0) throw new Error(`${file} has no heading "${title}"`)
  const lines = prose.split('\n').slice(start)
  const level = (lines[0] as string).indexOf(' ')
  const end = lines.findIndex((line, i) => i > 0 && /^#+ /.test(line) && line.indexOf(' ') <= level)
  return lines.slice(1, end < 0 ? undefined : end).join('\n')
}

/** The same part of a document with its code blocks, from the heading on. */
export function part(document: Document, title: string): Document {
  // As many lines as before, so that a comment of a shell command is not taken for a heading.
  const lines = document.text.replace(FENCE, (block) => block.replace(/[^\n]/g, '')).split('\n')
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title)
  if (start < 0) throw new Error(`${document.file} has no heading "${title}"`)
  const level = (lines[start] as string).indexOf(' ')
  const end = lines.findIndex((line, i) => i > start && /^#+ /.test(line) && line.indexOf(' ') <= level)
  return parse(
    document.file,
    document.text
      .split('\n')
      .slice(start, end < 0 ? undefined : end)
      .join('\n'),
  )
}

/** The tables of a text: rows of cells, heads left out. */
export function tables(text: string): string[][][] {
  const runs = text.match(/(?:^ *\|.*\n?)+/gm) || []
  return runs.map((run) =>
    run
      .trim()
      .split('\n')
      .slice(2)
      // A stroke that belongs to the text of a cell is escaped.
      .map((line) =>
        line
          .trim()
          .slice(1, -1)
          .split(/(?<!\\)\|/),
      )
      .map((cells) => cells.map((cell) => cell.trim())),
  )
}

/** The first table of a text. */
export function table(text: string): string[][] {
  const [first] = tables(text)
  if (!first) throw new Error(`no table in: ${text.slice(0, 80)}`)
  return first
}

/** What stands between backticks in a text, arguments left out: `close(code)` is `close`. */
export const names = (text: string): string[] =>
  [...text.matchAll(/`([\w.-]+)[^`]*`/g)].map(([, name]) => name as string)

/** Every link that leads to a file or heading of the project. */
export const links = ({ prose }: Document): string[] =>
  [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to as string).filter((to) => !/^https?:/.test(to))
