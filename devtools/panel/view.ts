/**
 * Owns what a view of the panel is, and what it is given. A view is made for one client in one language, and asked to show
 * what is new four times a second while it is seen. Must never hold state that outlives it: that is the model's.
 */

import type { Observed } from '../desk.ts'
import type { History } from './history.ts'
import type { kit } from './kit.ts'
import type { Language, TextName, Words } from './words.ts'

/** What views have in common, and what outlives them. */
export interface PanelModel {
  /** The span picked on the timeline, monotonic ms; frames outside of it are not shown. */
  span: readonly [from: number, to: number] | undefined
  /** A recording has been allowed to leave. */
  mayExport: boolean
  /** The options of each client before they were changed here. */
  readonly originals: WeakMap<object, Record<string, unknown>>
}

export interface ViewContext {
  readonly observed: Observed
  readonly history: History
  readonly words: Words
  readonly language: Language
  readonly model: PanelModel
  /** Adds styles to the panel, each once. */
  addStyle(css: string): void
  /** Takes secrets out of what is shown and was not recorded. */
  redact(text: string): string
  /** Every client of the page, for what is done to all. */
  all(): Observed[]
  /** Shows another view. */
  show(id: string): void
}

/** What a view is given that is loaded later. */
export interface LaterContext extends ViewContext {
  readonly kit: typeof kit
}

export interface View {
  readonly element: HTMLElement
  update(): void
  close?(): void
}

/**
 * A view, as the panel lists it. Entries of the library that keep things of their own (an outbox, requests, streams) add
 * one to `views.ts`; `isUsed` hides it where a client has nothing to show.
 */
export interface ViewMaker {
  /** Its name among the words. */
  readonly id: TextName
  isUsed?(observed: Observed): boolean
  make(context: ViewContext): View
}
