import ReconnectingWebSocket from 'reconnecting-websocket'
import { webSocketLike } from './core.ts'

export const peer = webSocketLike((url) => new ReconnectingWebSocket(url))
