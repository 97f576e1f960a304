/**
 * Owns the table of options in docs/guide/options.md, made of the docstrings that an editor shows: name, `@default`, type,
 * prose, and `@see` as a link. `npm run docs` writes it. Must never hold a word about an option: that is for its docstring.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { parseSync } from 'vite'
import { readSources } from './source-files.ts'

const page = 'docs/guide/options.md'
const BEGIN = '<!-- options: written by `npm run docs` from the docstrings of src/, do not edit -->\n'
const END = '<!-- end of options -->'

/** The options that are groups, and what their own options are declared in. */
const groups: Record<string, string> = { circuitBreaker: 'CircuitBreakerOptions', queue: 'QueueOptions' }

interface Option {
  readonly name: string
  readonly type: string
  readonly prose: string
  readonly value: string
  readonly see: string | undefined
}

/** The document with the table between its markers replaced. */
export function withOptions(document: string): string {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END, begin)
  if (begin < 0 || end < 0) throw new Error(`the document has lost its markers: expected\n${BEGIN}…\n${END}`)
  return `${document.slice(0, begin + BEGIN.length)}\n${table()}\n\n${document.slice(end)}`
}

function table(): string {
  const rows = membersOf('WebSocketReconnectOptions').flatMap((option) => {
    const group = groups[option.name]
    const own = group ? membersOf(group).map((inner) => row(`${option.name}.`, inner)) : []
    return [row('', option), ...own]
  })
  return ['| option | default | type | meaning, and when to change it |', '|---|---|---|---|', ...rows].join('\n')
}

function row(prefix: string, { name, type, prose, value, see }: Option): string {
  // What is JavaScript stands in backticks, what is words does not.
  const shown = /^(['"[{\d]|true$|false$|Infinity$)/.test(value) ? `\`${value}\`` : value
  const more = see ? ` [More](${relative(dirname(page), see)})` : ''
  return `| \`${prefix}${name}\` | ${shown} | ${type} | ${prose}${more} |`
}

/** The members of an interface, each with its docstring. */
function membersOf(name: string): Option[] {
  const source = readSources('src/options').find(({ text }) => text.includes(`export interface ${name} {`))
  if (!source) throw new Error(`no file of src/options/ declares ${name}`)
  const { path, text } = source
  const { program, comments } = parseSync(path, text)
  for (const node of program.body) {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : undefined
    if (declaration?.type !== 'TSInterfaceDeclaration' || declaration.id.name !== name) continue
    return declaration.body.body.flatMap((member) => {
      if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier' || !member.typeAnnotation) return []
      const { start, key, typeAnnotation } = member
      const comment = comments.find(
        ({ value, end }) => value.startsWith('*') && end <= start && !text.slice(end, start).trim(),
      )
      if (!comment) throw new Error(`${path}: "${key.name}" has no docstring`)
      const type = typeOf(typeAnnotation.typeAnnotation, text)
      return [{ name: key.name, type, ...docstring(comment.value, `${path}: "${key.name}"`) }]
    })
  }
  throw new Error(`${path} declares no ${name}`)
}

/** Prose and tags of a docstring. */
function docstring(comment: string, where: string): Pick<Option, 'prose' | 'value' | 'see'> {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim())
  const [prose = '', ...tags] = lines.join('\n').split(/^@/m)
  const tag = (name: string) =>
    tags
      .find((each) => each.startsWith(`${name} `))
      ?.slice(name.length + 1)
      .trim()
  const value = tag('default')
  if (value === undefined) throw new Error(`${where} has no @default`)
  return { prose: prose.replace(/\s+/g, ' ').trim(), value, see: tag('see') }
}

interface TypeNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly types?: readonly TypeNode[]
}

/** A type as it stands in the source, each alternative by itself; `| undefined` says no more than the question mark. */
function typeOf(node: TypeNode, text: string): string {
  const parts = node.type === 'TSUnionType' ? (node.types ?? []) : [node]
  return parts
    .filter(({ type }) => type !== 'TSUndefinedKeyword')
    .map(({ start, end }) =>
      text
        .slice(start, end)
        .replace(/^\((.*)\)$/s, '$1')
        .replaceAll('|', '\\|'),
    )
    .map((part) => `\`${part}\``)
    .join(' or ')
}

/** `npm run docs`. */
export function main(): void {
  writeFileSync(page, withOptions(readFileSync(page, 'utf8')))
}
