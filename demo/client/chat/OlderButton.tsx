/**
 * Owns the button at the top of the log, for whoever does not scroll. Must never take the focus away with it: when it goes, or was
 * pressed, the focus is on the log, where one reads on.
 */

import { useLayoutEffect, useRef } from 'react'
import { useWords } from '../language.ts'
import type { Chat } from './useChat.ts'
import { logWords } from './words.ts'

export function OlderButton({ chat: { loading, joined, older } }: { chat: Chat }) {
  const words = useWords(logWords)
  const ref = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const button = ref.current
    return () => {
      if (button && document.activeElement === button) toLog(button)
    }
  }, [])
  return (
    <button
      type="button"
      className="quiet older"
      ref={ref}
      aria-disabled={loading || !joined}
      onClick={({ currentTarget }) => {
        toLog(currentTarget)
        if (!loading && joined) older().catch(() => {})
      }}
    >
      {loading ? words.loading : words.older}
    </button>
  )
}

const toLog = (button: Element) => button.closest<HTMLElement>('.log')?.focus({ preventScroll: true })
