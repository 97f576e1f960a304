/**
 * Owns whether the laboratory is open: from the start where there is room for a third column, elsewhere when asked for. Escape
 * closes a sheet, and the focus goes back to where it came from. Must never take the focus from somebody who opens a column.
 */

import { type KeyboardEvent, useRef, useState, useSyncExternalStore } from 'react'

/** As in style/page.css. */
const roomy = '(min-width: 1280px)'

const subscribe = (tell: () => void) => {
  const query = window.matchMedia(roomy)
  query.addEventListener('change', tell)
  return () => query.removeEventListener('change', tell)
}

export function useSheet() {
  const isColumn = useSyncExternalStore(
    subscribe,
    () => window.matchMedia(roomy).matches,
    () => false,
  )
  // What was asked for, in each of the two forms: a column that was closed says nothing about the sheet.
  const [asked, setAsked] = useState({ column: true, sheet: false })
  const opener = useRef<HTMLButtonElement>(null)
  const sheet = useRef<HTMLDivElement>(null)
  const isOpen = isColumn ? asked.column : asked.sheet
  const turn = (open: boolean) => {
    setAsked((asked) => (isColumn ? { ...asked, column: open } : { ...asked, sheet: open }))
    if (!open) opener.current?.focus()
    // It is in the document, but not shown before the next frame.
    else if (!isColumn) requestAnimationFrame(() => sheet.current?.focus())
  }
  return {
    isOpen,
    isColumn,
    opener,
    sheet,
    turn,
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Escape' || isColumn || event.defaultPrevented) return
      event.stopPropagation()
      turn(false)
    },
  }
}
