import { ReconnectingWebSocket } from '@nktkas/rews'
import { webSocketLike } from './core.ts'

export const peer = webSocketLike((url) => new ReconnectingWebSocket(url))
