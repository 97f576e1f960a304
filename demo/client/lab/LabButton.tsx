/** Owns the button that opens the laboratory, and closes it. */

import { useWords } from '../language.ts'
import { labButton, setLabOpen, useLabOpen } from './lab-open.ts'
import { labWords } from './words.ts'

export function LabButton() {
  const words = useWords(labWords)
  const open = useLabOpen()
  const turn = () => {
    setLabOpen(!open)
    // Whoever opens it goes on inside of it.
    if (!open) requestAnimationFrame(() => document.querySelector<HTMLElement>('.lab [aria-selected="true"]')?.focus())
  }
  return (
    <button
      type="button"
      className="link lab-button"
      id={labButton}
      aria-expanded={open}
      aria-controls="lab"
      onClick={turn}
    >
      {words.name}
    </button>
  )
}
