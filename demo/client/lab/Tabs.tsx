/** Owns a row of tabs as the keyboard knows them: one stop, arrows between them, Home and End. */

import type { KeyboardEvent } from 'react'

interface TabsProps<T extends string> {
  label: string
  names: readonly T[]
  text: (name: T) => string
  chosen: T
  onChoose: (name: T) => void
}

export const tabId = (name: string) => `lab-tab-${name}`
export const tabPanelId = (name: string) => `lab-panel-${name}`

export function Tabs<T extends string>({ label, names, text, chosen, onChoose }: TabsProps<T>) {
  const go = (event: KeyboardEvent) => {
    const at = names.indexOf(chosen)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const next = names[(to + names.length) % names.length] as T
    onChoose(next)
    document.getElementById(tabId(next))?.focus()
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={go}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(name)}
          aria-selected={name === chosen}
          aria-controls={tabPanelId(name)}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {text(name)}
        </button>
      ))}
    </div>
  )
}
