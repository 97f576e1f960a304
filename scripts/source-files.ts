/**
 * Owns how the repository's own code is read: files with their syntax trees, what they import, which room they stand in.
 * Must never judge: limits and rules are in test/structure.test.ts.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'vite'

export interface Node {
  type: string
  [key: string]: unknown
}

export interface Source {
  /** From the top of the repository, with `/`. */
  path: string
  /** The file's name without its ending. */
  name: string
  text: string
  lines: number
  body: Node[]
}

/** Every TypeScript file below a folder. */
export function readSources(folder: string): Source[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  // What is installed below it belongs to others.
  const own = files.filter((file) => !/\bnode_modules\b/.test(file)).sort()
  return own.map((file) => {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    const { body } = parseSync(path, text).program
    return {
      path: path.replaceAll('\\', '/'),
      name: basename(path).replace(/\.tsx?$/, ''),
      text,
      lines: text.split('\n').length - 1,
      body: body as unknown as Node[],
    }
  })
}

/** Every node, with its parent. */
export function* walk(node: unknown, parent?: Node): Generator<[node: Node, parent: Node | undefined]> {
  if (Array.isArray(node)) for (const item of node) yield* walk(item, parent)
  else if (node && typeof node === 'object') {
    if (typeof (node as Node).type === 'string') {
      yield [node as Node, parent]
      parent = node as Node
    }
    for (const value of Object.values(node)) if (value && typeof value === 'object') yield* walk(value, parent)
  }
}

export interface Import {
  /** As written, or from the top of the repository if relative. */
  target: string
  typeOnly: boolean
}

export function importsOf({ path, body }: Source): Import[] {
  const found: Import[] = []
  for (const [node] of walk(body)) {
    const source = node.source as { value?: string } | undefined
    if (!source?.value || !/^(Import|Export)/.test(node.type)) continue
    const specifiers = (node.specifiers as { importKind?: string; exportKind?: string }[] | undefined) ?? []
    const isType = (kind: unknown) => kind === 'type'
    found.push({
      target: source.value.startsWith('.') ? relative('.', resolve(dirname(path), source.value)) : source.value,
      typeOnly:
        isType(node.importKind ?? node.exportKind) ||
        (specifiers.length > 0 && specifiers.every((each) => isType(each.importKind ?? each.exportKind))),
    })
  }
  return found
}

/** The folder that a file stands in; of the deeper ones, the room is the second. */
export const roomOf = (path: string): string => dirname(path).replaceAll('\\', '/').split('/').slice(0, 2).join('/')

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2
}
