/**
 * Owns a table of which only the rows in sight exist. Must never read an item that is not in sight.
 */

import type { LaterContext } from '../view.ts'
import { keptStyle } from './style.ts'

export interface Column<T> {
  /** Its class, by which it is laid out. */
  readonly name: string
  readonly title: string
  /** What the cell says; what its button does, or '' where that is nothing for this item. */
  readonly text: (item: T) => string
  /** The cell holds a button with this sign. */
  readonly sign?: string
  readonly press?: (item: T) => unknown
}

export interface Table<T> {
  readonly element: HTMLElement
  update(items: readonly T[]): void
}

/** `toneOf` is the colour of a row's state: good, busy, bad, off. */
export function makeTable<T>(
  { kit: { button, el, setAttribute, setText, makeRows }, addStyle }: LaterContext,
  label: string,
  name: string,
  columns: readonly Column<T>[],
  toneOf: (item: T) => string,
): Table<T> {
  addStyle(keptStyle)
  let all: readonly T[] = []
  /** A row is another item's as soon as it is filled again. */
  const itemOf = new WeakMap<HTMLElement, T>()
  const rows = makeRows(
    (row, index) => {
      const item = all[index]
      if (item === undefined) return
      if (!row.childElementCount) {
        row.role = 'row'
        for (const { name, sign, press } of columns)
          row.append(
            el('span', { role: 'cell', class: name }, press && button(sign, () => press(itemOf.get(row) as T))),
          )
      }
      itemOf.set(row, item)
      setAttribute(row, 'data-tone', toneOf(item))
      for (const [n, { text, press }] of columns.entries()) {
        const cell = row.children[n] as HTMLElement
        const told = text(item)
        setAttribute(cell, 'title', told)
        if (!press) {
          setText(cell, told)
          continue
        }
        const act = cell.firstChild as HTMLElement
        act.hidden = !told
        setAttribute(act, 'aria-label', told)
      }
    },
    { role: 'rowgroup', 'aria-label': label },
  )
  const titles = columns
    .filter(({ press }) => !press)
    .map(({ name: column, title }) => el('span', { role: 'columnheader', class: column }, title))
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
