/**
 * Owns what a user reads, page by page: the README and the guide, in each language. Which pages there are is read from
 * the folder. Must never hold a copy of what a page says.
 */

import { readdirSync } from 'node:fs'
import { type Document, type Example, read, section } from './markdown.ts'

export interface Book {
  readonly language: string
  /** The guide, then the README: what both have a heading for is said in full in the guide. */
  readonly pages: readonly Document[]
}

const names = readdirSync('docs/guide').filter((name) => name.endsWith('.md'))

const open = (language: string, guide: string, readme: string): Book => ({
  language,
  pages: [...names.map((name) => read(`${guide}/${name}`)), read(readme)],
})

export const english = open('English', 'docs/guide', 'README.md')
export const chinese = open('Chinese', 'docs/guide/zh', 'README.zh-CN.md')

/** The section that stands in the place of an English one. */
export function sectionAt({ language, pages }: Book, title: string): string {
  const at = english.pages.findIndex(({ headings }) => headings.some((heading) => heading.title === title))
  const index = english.pages[at]?.headings.findIndex((heading) => heading.title === title) ?? -1
  const page = pages[at]
  const heading = page?.headings[index]
  if (!page || !heading) throw new Error(`${language}: nothing in the place of "${title}"`)
  return section(page, heading.title)
}

export const examplesOf = ({ pages }: Book): readonly Example[] => pages.flatMap(({ examples }) => examples)
