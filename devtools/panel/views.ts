/** Owns the list of views, in the order of their tabs. An entry of the library that has more to show adds a line. */

import type { ViewMaker } from './view.ts'
import { makeBreakIt } from './views/break-it.ts'
import { makeFrames } from './views/frames.ts'
import { makeNow } from './views/now.ts'
import { makeOptions } from './views/options.ts'
import { makeOutbox } from './views/outbox.ts'
import { makeQueue } from './views/queue.ts'
import { makeRecord } from './views/record.ts'
import { makeRequests } from './views/requests.ts'
import { makeStreams } from './views/streams.ts'
import { makeTimeline } from './views/timeline.ts'

export const views: readonly ViewMaker[] = [
  { id: 'now', label: 'now', make: makeNow },
  { id: 'timeline', label: 'timeline', make: makeTimeline },
  { id: 'frames', label: 'frames', make: makeFrames },
  { id: 'queue', label: 'queue', make: makeQueue },
  { id: 'outbox', label: 'outbox', make: makeOutbox, isUsed: ({ session }) => !!session?.outbox },
  { id: 'requests', label: 'requests', make: makeRequests, isUsed: ({ requests }) => !!requests?.asked },
  { id: 'streams', label: 'streams', make: makeStreams, isUsed: ({ session }) => !!session?.topics },
  { id: 'options', label: 'options', make: makeOptions },
  { id: 'break', label: 'break', make: makeBreakIt },
  { id: 'record', label: 'record', make: makeRecord },
]
