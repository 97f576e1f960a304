/**
 * Owns running an example as it stands in a document. Must never change an example, except for the server's address.
 */

import { transformSync } from 'esbuild'
import type { Example } from './markdown.ts'

/** The address every example uses. */
export const ADDRESS = 'wss://api.example.com'

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
  const loader = name.endsWith('x') ? 'tsx' : name.endsWith('.ts') ? 'ts' : 'js'
  const compiled = transformSync(code.replaceAll(ADDRESS, address), {
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
  const body = `${compiled.code}\nreturn { ...module.exports, ${locals.join()} }`
  return new Function('require', 'module', 'exports', ...Object.keys(globals), body)(
    find,
    module,
    module.exports,
    ...Object.values(globals),
  )
}
