/** Owns how times are written on the page. Pure. */

/** `12 s`, `3 min 05 s`, `2 h 07 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`
}

/** A round trip: `0.4 ms`, `12 ms`. */
export const roundTrip = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
