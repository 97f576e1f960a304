import ReconnectingWebSocket from 'partysocket/ws'
import { webSocketLike } from './core.ts'

export const peer = webSocketLike((url) => new ReconnectingWebSocket(url))
