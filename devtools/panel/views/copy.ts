/** Owns the button that copies a text, and shows it to be copied by hand where the page may not. */

import { button, el, setText } from '../dom.ts'

export function makeCopyButton(
  label: string,
  words: { readonly copied: string },
  textOf: () => string | Promise<string>,
): HTMLButtonElement {
  const element = button(label, async () => {
    const text = await textOf()
    try {
      await navigator.clipboard.writeText(text)
      setText(element, `✓ ${words.copied}`)
      setTimeout(() => setText(element, label), 1500)
    } catch {
      // Without permission, or on a page that is not secure.
      const byHand = el('textarea', { class: 'by-hand', 'aria-label': label, rows: 6 })
      byHand.value = text
      element.parentElement?.after(byHand)
      byHand.select()
    }
  })
  return element
}
