/**
 * Owns in which language the page speaks: the browser's, until a visitor picks the other. Every part of the page keeps its
 * own words, in both, beside what says them. Must never translate what a person wrote.
 */

import { useSyncExternalStore } from 'react'

export type Language = 'en' | 'zh'

/** The same words in each language; the English ones say which there are. */
export type Words<W> = Readonly<Record<Language, W>>

const key = 'chat:language'

/** The first language of a visitor's that the page speaks. */
export function pickLanguage(kept: string | null, languages: readonly string[]): Language {
  if (kept === 'en' || kept === 'zh') return kept
  return languages.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'en' || tag === 'zh') === 'zh'
    ? 'zh'
    : 'en'
}

function stored(): string | null {
  try {
    return window.localStorage.getItem(key)
  } catch {
    return null
  }
}

const readers = new Set<() => void>()
let language: Language | null = null

function current(): Language {
  language ||= pickLanguage(stored(), navigator.languages)
  return language
}

/** Keeps the choice for the next visit where the browser lets one. */
export function setLanguage(next: Language): void {
  language = next
  document.documentElement.lang = tagOf(next)
  try {
    window.localStorage.setItem(key, next)
  } catch {
    // Forbidden: then it holds for this page.
  }
  for (const reader of readers) reader()
}

export const tagOf = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en')

const follow = (reader: () => void) => {
  readers.add(reader)
  return () => readers.delete(reader)
}

export const useLanguage = (): Language => useSyncExternalStore(follow, current, () => 'en')

/** A part's own words, in the language of now. */
export const useWords = <W>(words: Words<W>): W => words[useLanguage()]
