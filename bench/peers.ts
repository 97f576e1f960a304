/**
 * Owns the list of what is measured: every library with its adapters and the imports its users pay for.
 * `imports` are paths from bench/peers/. The order is that of every table.
 */

export interface Peer {
  readonly name: string
  /** The adapter `bench/peers/FILE.core.ts`, if it has a core that stands alone. */
  readonly core?: string
  /** The adapter `bench/peers/FILE.react.tsx`, if it has hooks. */
  readonly react?: string
  /** What a user of the core writes, and what a user of the hooks writes. */
  readonly imports?: { readonly core?: string; readonly react?: string }
}

/** In tables, ratios are to one of these. */
export const OURS = 'react-websocket-reconnect'
export const RAW = 'raw WebSocket'
export const RIVAL = 'reconnecting-websocket'
export const BY_HAND = 'useEffect + useState by hand'

export const peers: readonly Peer[] = [
  {
    name: OURS,
    core: 'ours',
    react: 'ours',
    imports: {
      core: `export { WebSocketReconnect } from '../../src/index.ts'`,
      react: `export { WebSocketProvider, useWebSocket, useConnectionStats, useCircuitState, useMessage } from '../../hooks/index.ts'`,
    },
  },
  { name: RAW, core: 'raw' },
  {
    name: RIVAL,
    core: 'reconnecting-websocket',
    imports: { core: `export { default } from 'reconnecting-websocket'` },
  },
  {
    name: 'partysocket',
    core: 'partysocket',
    react: 'partysocket',
    imports: {
      core: `export { default } from 'partysocket/ws'`,
      react: `export { default } from 'partysocket/use-ws'`,
    },
  },
  { name: '@nktkas/rews', core: 'rews', imports: { core: `export { ReconnectingWebSocket } from '@nktkas/rews'` } },
  {
    name: 'websocket-ts',
    core: 'websocket-ts',
    imports: { core: `export { ArrayQueue, ExponentialBackoff, WebsocketBuilder } from 'websocket-ts'` },
  },
  {
    name: 'sturdy-websocket',
    core: 'sturdy-websocket',
    imports: { core: `export { default } from 'sturdy-websocket'` },
  },
  {
    name: 'react-use-websocket',
    react: 'react-use-websocket',
    imports: { react: `export { default } from 'react-use-websocket'` },
  },
  { name: 'ahooks', react: 'ahooks', imports: { react: `export { useWebSocket } from 'ahooks'` } },
  { name: BY_HAND, react: 'by-hand' },
]
