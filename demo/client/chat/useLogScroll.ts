/**
 * Owns where the log stands: at its end while one is there, at the line "New" where one comes back to much, and otherwise
 * exactly where it was, whatever comes above or below. Must never move somebody who has scrolled back.
 */

import { useEffect, useLayoutEffect, useRef, useState } from 'react'

export interface LogShape {
  loaded: boolean
  /** Another one where something has been added. */
  shape: string
  /** The last message of one's own that is on its way: it is always shown. */
  written: string | undefined
}

/** Px to the end that still count as the end. */
const near = 40

/** `isAtEnd` is null until the room's messages have been looked at. */
export function useLogScroll({ loaded, shape, written }: LogShape) {
  const box = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState<boolean | null>(null)
  const anchor = useRef<{ item: Element; top: number } | null>(null)

  useLayoutEffect(() => {
    if (written) toEnd(box.current)
  }, [written])
  useLayoutEffect(() => {
    const frame = box.current
    if (!frame || isAtEnd === false || shape === '') return
    toEnd(frame)
    if (isAtEnd === null) toLine(frame)
  }, [isAtEnd, shape])

  // Everything that was put in above has moved the message one was looking at; a browser may have mended that already.
  useLayoutEffect(() => {
    const frame = box.current
    if (!frame || isAtEnd !== false) return
    const { item, top } = anchor.current ?? {}
    if (item?.isConnected && top !== undefined) frame.scrollTop += topOf(item, frame) - top
    anchor.current = anchorIn(frame)
  })

  /** Where it stands now; to be called whenever it has scrolled. Whether that is the end. */
  const measure = (): boolean => {
    const frame = box.current
    const isEnd = !frame || frame.scrollHeight - frame.scrollTop - frame.clientHeight < near
    anchor.current = frame && anchorIn(frame)
    setAtEnd(isEnd)
    return isEnd
  }
  const look = useRef(measure)
  useEffect(() => {
    if (!loaded || isAtEnd !== null) return
    const frame = requestAnimationFrame(() => look.current())
    return () => cancelAnimationFrame(frame)
  }, [loaded, isAtEnd])

  // The end stays in sight when the space above or below the log changes.
  useEffect(() => {
    const frame = box.current
    if (isAtEnd === false || !frame) return
    const watch = new ResizeObserver(() => isAtEnd && toEnd(frame))
    watch.observe(frame)
    return () => watch.disconnect()
  }, [isAtEnd])

  return { box, isAtEnd, measure, toEnd: () => toEnd(box.current) }
}

function toEnd(frame: HTMLElement | null): void {
  if (frame) frame.scrollTop = frame.scrollHeight
}

/** To where one stopped reading, if that is above what is in sight. */
function toLine(frame: HTMLElement): void {
  const line = frame.querySelector('.new-line')
  const top = line && topOf(line, frame)
  if (top !== null && top < 0) frame.scrollTop += top - frame.clientHeight / 4
}

const topOf = (item: Element, frame: Element) => item.getBoundingClientRect().top - frame.getBoundingClientRect().top

/** The first message that is in sight. They stand in order, so half of them can be left out at each look. */
function anchorIn(frame: Element) {
  const items = frame.querySelectorAll('.message')
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { bottom } = (items[middle] as Element).getBoundingClientRect()
    if (bottom > frame.getBoundingClientRect().top) high = middle
    else low = middle + 1
  }
  const item = items[low]
  return item ? { item, top: topOf(item, frame) } : null
}
