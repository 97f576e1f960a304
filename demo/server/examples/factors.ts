/** Owns a server that answers questions, and repeats the id of each: into which primes a number falls. */

import type { WebSocketServer } from 'ws'
import { converse } from './plain.ts'

/** Thinking is quick; a visitor should see it wait. Ms. */
const thought = 400
const largest = 1e12

export function serveFactors(server: WebSocketServer): void {
  server.on('connection', (socket) =>
    converse(socket, ({ id, factor: n }, say) => {
      const isFine = Number.isSafeInteger(n) && (n as number) > 1 && (n as number) <= largest
      const reply = isFine ? { id, factors: factorsOf(n as number) } : { id, error: { from: 2, to: largest } }
      setTimeout(() => say(reply), thought)
    }),
  )
}

/** At most a million divisions. */
export function factorsOf(n: number): number[] {
  const factors: number[] = []
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    for (; n % divisor === 0; n /= divisor) factors.push(divisor)
  }
  return n > 1 ? [...factors, n] : factors
}
