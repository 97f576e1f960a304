'use client'

/**
 * The door of `react-websocket-reconnect/devtools` wherever the export condition `development` does not hold: the names, and
 * nothing behind them. Must never import anything but types.
 */

import type { WebSocketDevtoolsPanelProps, WebSocketDevtoolsProps } from './WebSocketDevtools.tsx'

/** Nothing: the developer tools are for development. */
export const WebSocketDevtools = (_props: WebSocketDevtoolsProps): null => null

/** Nothing: the developer tools are for development. */
export const WebSocketDevtoolsPanel = (_props: WebSocketDevtoolsPanelProps): null => null
