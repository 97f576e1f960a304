/** A page that writes: its outbox is the browser's own IndexedDB. */

import { paceOf } from './write.ts'

Object.assign(globalThis, {
  pace: (url: string, count: number) => paceOf({ url, outbox: { name: `bench-${Math.random()}` } }, count),
})
