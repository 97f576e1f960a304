/** Owns the list of views, in the order of their tabs. An entry of the library that has more to show adds a line. */

import type { Observed } from '../desk.ts'
import { kit } from './kit.ts'
import type { ViewMaker } from './view.ts'
import { makeBreakIt } from './views/break-it.ts'
import { makeFrames } from './views/frames.ts'
import { makeNow } from './views/now.ts'
import { makeOptions } from './views/options.ts'
import { makeQueue } from './views/queue.ts'
import { makeRecord } from './views/record.ts'
import { makeTimeline } from './views/timeline.ts'

type Kept = typeof import('./kept/kept-views.ts')

/** What only some pages need comes when it is needed; where it cannot come, nothing is missing but its tab. */
let kept: Kept | undefined
let isComing = false
const loadKept = () => {
  if (!isComing) import('./kept/kept-views.ts').then((loaded) => (kept = loaded)).catch(() => {})
  isComing = true
}

const keptView = (
  id: 'outbox' | 'requests' | 'streams',
  maker: keyof Kept,
  isUsed: (observed: Observed) => boolean,
): ViewMaker => ({
  id,
  make: (context) => (kept as Kept)[maker]({ ...context, kit }),
  isUsed(observed) {
    const isNeeded = isUsed(observed)
    if (isNeeded) loadKept()
    return isNeeded && !!kept
  },
})

export const views: readonly ViewMaker[] = [
  { id: 'now', make: makeNow },
  { id: 'timeline', make: makeTimeline },
  { id: 'frames', make: makeFrames },
  { id: 'queue', make: makeQueue },
  keptView('outbox', 'makeOutbox', ({ session }) => !!session?.outbox),
  keptView('requests', 'makeRequests', ({ requests }) => !!requests?.asked),
  keptView('streams', 'makeStreams', ({ session }) => !!session?.topics),
  { id: 'options', make: makeOptions },
  { id: 'break', make: makeBreakIt },
  { id: 'record', make: makeRecord },
]
