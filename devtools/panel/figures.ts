/** Owns how numbers look: durations, sizes, times of day. Must never know what they stand for. */

/** `420 ms`, `3.4 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '∞'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  const and = (rest: number, unit: string) => (rest ? ` ${rest} ${unit}` : '')
  if (minutes < 60) return `${minutes} min${and(Math.floor((ms % 60_000) / 1000), 's')}`
  return `${Math.floor(minutes / 60)} h${and(minutes % 60, 'min')}`
}

/** `12`, `3.4 k`, `1.2 M`. */
export function count(n: number): string {
  if (!Number.isFinite(n)) return '∞'
  if (n < 10_000) return String(Math.round(n))
  return n < 1e6 ? `${(n / 1000).toFixed(1)} k` : `${(n / 1e6).toFixed(1)} M`
}

/** `512 B`, `3.4 kB`, `1.2 MB`. */
export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`

const two = (n: number) => String(n).padStart(2, '0')

/** `14:03:07.250`, of epoch ms. */
export function timeOfDay(epoch: number, withMs = true): string {
  const at = new Date(epoch)
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return withMs ? `${clock}.${String(at.getMilliseconds()).padStart(3, '0')}` : clock
}
