/** Owns the recording of this page's connection, from before its first attempt. Must never record a client twice. */

import { useState } from 'react'
import { createRecorder, type Recordable, type Recorder } from '../../../devtools/recorder.ts'

/** It goes on for as long as there is the client. */
const recorders = new WeakMap<Recordable, Recorder>()

function recorderOf(client: Recordable): Recorder {
  const made = recorders.get(client) ?? createRecorder(client, { entries: 4000, bytes: 4 << 20 })
  recorders.set(client, made)
  return made
}

export function useRecording(client: Recordable): Recorder {
  const [recorder] = useState(() => recorderOf(client))
  return recorder
}
