/** Owns how a day is called: today, yesterday, or by its date. Pure. */

import { type Language, tagOf } from '../language.ts'

const date = { day: 'numeric', month: 'long', weekday: 'long' } as const

export function dayOf(
  at: number,
  now: number,
  language: Language,
  words: { readonly today: string; readonly yesterday: string },
): string {
  const day = new Date(at)
  const today = new Date(now)
  if (day.toDateString() === today.toDateString()) return words.today
  // By the calendar: a day may have 23 hours.
  today.setDate(today.getDate() - 1)
  if (day.toDateString() === today.toDateString()) return words.yesterday
  const year = day.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(language === 'zh' ? tagOf(language) : undefined, { ...date, ...year }).format(at)
}
