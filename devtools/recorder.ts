/** The door of `react-websocket-reconnect/devtools/recorder`: recording a client while one develops. No React, no page. */

export type {
  RecordedEntry,
  RecordedError,
  RecordedFrame,
  RecordedQueue,
  RecordedTransition,
} from './record/entry.ts'
export {
  createRecorder,
  type Export,
  type ExportFormat,
  type Recordable,
  type Recorder,
  type RecorderOptions,
} from './record/recorder.ts'
