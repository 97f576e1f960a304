'use client'

/**
 * The door of `react-websocket-reconnect/devtools` where the export condition `development` holds. Elsewhere it is stub.ts.
 */

export type { Fault } from './breaks/fault.ts'
export type { ClientSummary, DevtoolsConsole, FrameQuery, FrameSummary } from './console.ts'
export {
  WebSocketDevtools,
  WebSocketDevtoolsPanel,
  type WebSocketDevtoolsPanelProps,
  type WebSocketDevtoolsProps,
} from './WebSocketDevtools.tsx'
