/**
 * Owns a table of which only the rows in sight exist. Must never read an item that is not in sight.
 */

import type { LaterContext } from '../view.ts'
import { keptStyle } from './style.ts'

export interface Column<T> {
  /** Its class, by which it is laid out. */
  readonly name: string
  readonly title: string
  readonly text: (item: T) => string
}

export interface Table<T> {
  readonly element: HTMLElement
  update(items: readonly T[]): void
}

/** `toneOf` is the colour of a row's state: good, busy, bad, off. */
export function makeTable<T>(
  { kit: { el, setAttribute, setText, makeRows }, addStyle }: LaterContext,
  label: string,
  name: string,
  columns: readonly Column<T>[],
  toneOf: (item: T) => string,
): Table<T> {
  addStyle(keptStyle)
  let all: readonly T[] = []
  const rows = makeRows(
    (row, index) => {
      const item = all[index]
      if (item === undefined) return
      if (!row.childElementCount) {
        row.role = 'row'
        row.append(...columns.map((column) => el('span', { role: 'cell', class: column.name })))
      }
      setAttribute(row, 'data-tone', toneOf(item))
      for (const [n, { text }] of columns.entries()) {
        const cell = row.children[n] as HTMLElement
        const told = text(item)
        setText(cell, told)
        if (cell.title !== told) cell.title = told
      }
    },
    { role: 'rowgroup', 'aria-label': label },
  )
  const titles = columns.map(({ name: column, title }) => el('span', { role: 'columnheader', class: column }, title))
  return {
    element: el(
      'div',
      { role: 'table', class: `table ${name}`, 'aria-label': label },
      el('div', { role: 'row', class: 'titles' }, ...titles),
      rows.element,
    ),
    update(items) {
      all = items
      rows.draw(items.length, false)
    },
  }
}

/** The beginning of what an application sent, without its secrets. */
export function previewOf(data: unknown, redact: (text: string) => string, binary: string): string {
  if (typeof data === 'string') return redact(data).slice(0, 300)
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data) || data instanceof Blob) return binary
  return redact(JSON.stringify(data) ?? '').slice(0, 300)
}
