// `npm run docs`: writes the table of options into docs/guide/options.md from the docstrings that an editor shows: name,
// `@default`, type, prose, and `@see` as a link. With `--check` it only compares, and fails if the table is stale. Must
// never hold a word about an option: that is for its docstring.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'vite'

const page = 'docs/guide/options.md'
const place = /(<!-- options: [^>]* -->\n)[\s\S]*?(<!-- end of options -->)/

/** The options that are groups, and what their own options are declared in. */
const groups = { circuitBreaker: 'CircuitBreakerOptions', queue: 'QueueOptions' }

const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name))
  .find((file) => readFileSync(file, 'utf8').includes('export interface WebSocketReconnectOptions'))
const text = readFileSync(source, 'utf8')
const { program, comments } = parseSync(source, text)

/** The members of an interface: name, type and docstring. */
function membersOf(name) {
  const found = program.body.map((node) => node.declaration).find((node) => node?.id?.name === name)
  return found.body.body.map((member) => {
    const comment = comments.find(
      ({ type, value, end }) =>
        type === 'Block' && value.startsWith('*') && !text.slice(end, member.start).trim() && end <= member.start,
    )
    if (!comment) throw new Error(`${source}: "${member.key.name}" has no docstring`)
    return { name: member.key.name, type: member.typeAnnotation.typeAnnotation, ...read(comment.value) }
  })
}

/** Prose and tags of a docstring. */
function read(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim())
  const [prose, ...tags] = lines.join('\n').split(/^@/m)
  const tag = (name) =>
    tags
      .find((each) => each.startsWith(`${name} `))
      ?.slice(name.length + 1)
      .trim()
  const value = tag('default')
  if (value === undefined) throw new Error(`${source}: no @default in "${prose.trim()}"`)
  return { prose: prose.replace(/\s+/g, ' ').trim(), value, see: tag('see') }
}

/** A type as it stands in the source, each alternative by itself; `| undefined` says no more than the question mark. */
function typeOf(node) {
  const parts = node.type === 'TSUnionType' ? node.types : [node]
  return parts
    .filter(({ type }) => type !== 'TSUndefinedKeyword')
    .map(
      (part) =>
        `\`${text
          .slice(part.start, part.end)
          .replace(/^\((.*)\)$/s, '$1')
          .replaceAll('|', '\\|')}\``,
    )
    .join(' or ')
}

/** What is JavaScript stands in backticks, what is words does not. */
const valueOf = (value) => (/^(['"[{\d]|true$|false$|Infinity$)/.test(value) ? `\`${value}\`` : value)

const row = (prefix, { name, type, prose, value, see }) => {
  const more = see ? ` [More](${relative(dirname(page), see)})` : ''
  return `| \`${prefix}${name}\` | ${valueOf(value)} | ${typeOf(type)} | ${prose}${more} |`
}

const rows = membersOf('WebSocketReconnectOptions').flatMap((member) => [
  row('', member),
  ...(groups[member.name] ? membersOf(groups[member.name]).map((inner) => row(`${member.name}.`, inner)) : []),
])
const table = ['| option | default | type | meaning, and when to change it |', '|---|---|---|---|', ...rows].join('\n')

const before = readFileSync(page, 'utf8')
if (!place.test(before))
  throw new Error(`${page} has no place for the table: <!-- options: … --> and <!-- end of options -->`)
const after = before.replace(place, (_, begin, end) => `${begin}\n${table}\n\n${end}`)

if (after === before) console.log(`${page}: the options are up to date`)
else if (process.argv.includes('--check')) {
  console.error(`${page} is stale: run "npm run docs"`)
  process.exit(1)
} else {
  writeFileSync(page, after)
  console.log(`${page}: the options are written`)
}
