/**
 * Owns running an example as it stands in a document. Must never change an example, except for the server's address.
 */

import { transformSync } from 'esbuild'
import type { Example } from '../support/markdown.ts'

/** The address every example uses, except for the steps, whose server stands beside them. */
export const ADDRESS = 'wss://api.example.com'
const LOCAL = 'ws://localhost:8080'

export interface Surroundings {
  /** What `import` and `require` find. */
  readonly modules: Readonly<Record<string, unknown>>
  /** The server that stands in for {@link ADDRESS}. */
  readonly address?: string
  /** Globals of the example's own, such as `console`. */
  readonly globals?: Readonly<Record<string, unknown>>
  /** Local variables to look at, beside the exports. */
  readonly locals?: readonly string[]
}

// biome-ignore lint/suspicious/noExplicitAny: what an example exports is checked by tsc, in the other test.
type Exports = any

export function run(
  { name, code }: Example,
  { modules, address = ADDRESS, globals = {}, locals = [] }: Surroundings,
): Exports {
  // What a module may await at its top, a function may not: the body goes into one, and `finished` is its promise.
  const [, imports = '', body = ''] = /^((?:import .*\n|\n)*)([\s\S]*)$/.exec(code) ?? []
  if (/^for await|^await/m.test(body)) code = `${imports}export const finished = (async () => {\n${body}})()\n`
  const loader = name.endsWith('x') ? 'tsx' : name.endsWith('.ts') ? 'ts' : 'js'
  const compiled = transformSync(code.replaceAll(ADDRESS, address).replaceAll(LOCAL, address), {
    loader,
    format: 'cjs',
    jsx: 'automatic',
    sourcefile: name,
  })
  const find = (id: string) => {
    if (!(id in modules)) throw new Error(`${name} imports "${id}", which its test does not provide`)
    return modules[id]
  }
  const module = { exports: {} }
  const program = `${compiled.code}\nreturn { ...module.exports, ${locals.join()} }`
  return new Function('require', 'module', 'exports', ...Object.keys(globals), program)(
    find,
    module,
    module.exports,
    ...Object.values(globals),
  )
}

/**
 * Does what a browser does with a page: puts its elements into the document, then runs its module script, whose imports
 * lead where the page's import map says. `modules` are known by their address.
 */
export function runPage({ name, code }: Example, surroundings: Surroundings): void {
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(code)?.[1]
  const script = /<script type="module">([\s\S]*?)<\/script>/.exec(code)?.[1]
  if (!script) throw new Error(`${name} has no module script`)
  const { imports }: { imports: Record<string, string> } = map ? JSON.parse(map) : { imports: {} }
  const modules = { ...surroundings.modules }
  for (const [id, address] of Object.entries(imports)) modules[id] = surroundings.modules[address]
  for (const [, id = ''] of script.matchAll(/ from '([^']+)'/g)) {
    if (!modules[id]) throw new Error(`${name} imports "${id}", which leads nowhere`)
  }
  document.body.innerHTML = code.replace(/<script[\s\S]*?<\/script>/g, '')
  run({ name: name.replace(/html$/, 'js'), code: script }, { ...surroundings, modules })
}
