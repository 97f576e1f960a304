/** Owns what the Node programs count with: batches, sample messages, and what was heard, so that no work can be left out. */

export const heard = { count: 0, characters: 0 }

/** A message of 100 bytes, as an application sends them. */
export const sample = (i: number): string =>
  `{"type":"tick","channel":"prices","symbol":"S${i % 10}","bid":101.25,"ask":101.5,"at":1709532000000}`.padEnd(100)

/** Ns per call of the fastest of `batches` batches; one more warms up. */
export function bestOf(batches: number, times: number, body: (times: number) => void): number {
  let best = Infinity
  for (let batch = 0; batch <= batches; batch++) {
    const start = performance.now()
    body(times)
    const ns = ((performance.now() - start) * 1e6) / times
    if (batch) best = Math.min(best, ns)
  }
  return best
}

/** Lets timers, promises and finalisers of everything so far run. */
export const turn = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
