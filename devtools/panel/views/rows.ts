/**
 * Owns a list of rows of one height of which only those in sight exist. Must never know what a row shows.
 */

import { el } from '../dom.ts'

const ROW = 24
/** Browsers stop at some thirty million pixels; a ring never comes near. */

export interface Rows {
  readonly element: HTMLElement
  /** Draws what is in sight of so many rows; follows the end if it should. */
  draw(count: number, isFollowing: boolean): void
  /** Whether the end is in sight. */
  readonly isAtEnd: boolean
  reveal(index: number): void
}

/** `fill` writes the row of an index into an element, which it may have filled before. */
export function makeRows(
  fill: (row: HTMLElement, index: number) => void,
  attributes: Record<string, never | string>,
): Rows {
  const space = el('div', { class: 'space' })
  const element = el('div', { class: 'rows', tabindex: 0, ...attributes }, space)
  const pool: HTMLElement[] = []
  let count = 0

  const paint = () => {
    const first = Math.max(0, Math.floor(element.scrollTop / ROW) - 2)
    const shown = Math.min(count - first, Math.ceil((element.clientHeight || 240) / ROW) + 4)
    while (pool.length < shown) {
      const row = el('div', { class: 'row' })
      pool.push(row)
      space.append(row)
    }
    for (const [n, row] of pool.entries()) {
      row.hidden = n >= shown
      if (n >= shown) continue
      row.style.transform = `translateY(${(first + n) * ROW}px)`
      fill(row, first + n)
    }
  }
  element.addEventListener('scroll', paint, { passive: true })

  return {
    element,
    get isAtEnd() {
      return element.scrollTop + element.clientHeight >= count * ROW - ROW
    },
    draw(rows, isFollowing) {
      count = rows
      space.style.height = `${rows * ROW}px`
      if (isFollowing) element.scrollTop = rows * ROW
      paint()
    },
    reveal(index) {
      const top = index * ROW
      if (top < element.scrollTop) element.scrollTop = top
      else if (top + ROW > element.scrollTop + element.clientHeight)
        element.scrollTop = top + ROW - element.clientHeight
      paint()
    },
  }
}
