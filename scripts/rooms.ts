/**
 * `npm run rooms [-- src hooks …]`: prints what the house measures: of each room its files, their lines and what it
 * imports from other rooms and from packages (types in brackets), then every file with its lines. Without a word, of all.
 */

import { importsOf, median, readSources, roomOf, type Source } from './source-files.ts'

const ALL = ['src', 'hooks', 'testing', 'devtools', 'demo', 'test', 'scripts', 'bench']

/** `hooks 12 (types 3)`: how often a room imports values from another one, and types alone. */
function importsBetween(room: string, files: readonly Source[]): string {
  const counts = new Map<string, { values: number; types: number }>()
  for (const { target, typeOnly } of files.flatMap(importsOf)) {
    const to = /\.(tsx?|mjs|json)$/.test(target) ? roomOf(target) : target
    if (to === room) continue
    const count = counts.get(to) ?? { values: 0, types: 0 }
    counts.set(to, count)
    if (typeOnly) count.types++
    else count.values++
  }
  const text = ({ values, types }: { values: number; types: number }) =>
    [values || '', types ? `(types ${types})` : ''].filter(Boolean).join(' ')
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([to, count]) => `${to} ${text(count)}`)
    .join(', ')
}

export function main(...wanted: string[]): void {
  const rooms = new Map<string, Source[]>()
  for (const file of (wanted.length ? wanted : ALL).flatMap(readSources)) {
    const room = roomOf(file.path)
    rooms.set(room, [...(rooms.get(room) ?? []), file])
  }
  for (const [room, files] of rooms) {
    const lines = files.map((file) => file.lines)
    const sum = lines.reduce((a, b) => a + b, 0).toLocaleString('en')
    console.log(`${room}: ${files.length} files, ${sum} lines, median ${median(lines)}, longest ${Math.max(...lines)}`)
    console.log(`  imports ${importsBetween(room, files) || 'nothing'}`)
  }
  for (const { path, lines } of [...rooms.values()].flat()) console.log(`${String(lines).padStart(5)} ${path}`)
}
