'use client'

/** The door of `react-websocket-reconnect/devtools/production`: the developer tools whatever the build, for staging. */

export {
  WebSocketDevtools,
  WebSocketDevtoolsPanel,
  type WebSocketDevtoolsPanelProps,
  type WebSocketDevtoolsProps,
} from './WebSocketDevtools.tsx'
