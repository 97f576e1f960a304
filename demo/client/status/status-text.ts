/** Owns how times are written on the page. Pure. */

import type { Language } from '../language.ts'

const units = { en: [' s', ' min ', ' h '], zh: [' 秒', ' 分 ', ' 小时 '] } as const

/** `12 s`, `3 min 05 s`, `2 h 07 min`. */
export function duration(ms: number, language: Language = 'en'): string {
  const [second, minute, hour] = units[language]
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}${second}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${minute}${two(seconds % 60)}${second}`
  return `${Math.floor(seconds / 3600)}${hour}${two(Math.floor(seconds / 60) % 60)}${minute.trimEnd()}`
}

/** A round trip: `0.4 ms`, `12 ms`. */
export const roundTrip = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
