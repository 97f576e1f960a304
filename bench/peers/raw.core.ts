/** The platform's WebSocket: `ws` in Node, the browser's own, or the fake one alone. It does not come back. */

import { webSocketLike } from './core.ts'

export const peer = webSocketLike((url) => new WebSocket(url))
