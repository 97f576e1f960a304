/** As much of the peers' types as the adapters use, so that types can be checked where the peers are not installed. */

declare module 'reconnecting-websocket' {
  const ReconnectingWebSocket: typeof WebSocket
  export default ReconnectingWebSocket
}

declare module 'partysocket/ws' {
  const ReconnectingWebSocket: typeof WebSocket
  export default ReconnectingWebSocket
}

declare module '@nktkas/rews' {
  export const ReconnectingWebSocket: typeof WebSocket
}

declare module 'sturdy-websocket' {
  const SturdyWebSocket: typeof WebSocket
  export default SturdyWebSocket
}

declare module 'websocket-ts' {
  export interface Websocket {
    binaryType: BinaryType
    send(data: string): void
    close(): void
    addEventListener(type: 'open' | 'message', listener: (socket: Websocket, event: MessageEvent) => void): void
  }
  export class ArrayQueue {}
  export class ConstantBackoff {
    constructor(ms: number)
  }
  export class WebsocketBuilder {
    constructor(url: string)
    withBuffer(queue: ArrayQueue): this
    withBackoff(backoff: ConstantBackoff): this
    build(): Websocket
  }
}

declare module 'partysocket/use-ws' {
  interface Options {
    onOpen?: (event: Event) => void
    onMessage?: (event: MessageEvent) => void
    onClose?: (event: CloseEvent) => void
  }
  export default function useWebSocket(url: string, protocols?: string[], options?: Options): WebSocket
}

declare module 'react-use-websocket' {
  interface Options {
    share?: boolean
    filter?: (event: MessageEvent) => boolean
    shouldReconnect?: () => boolean
  }
  export default function useWebSocket(
    url: string,
    options?: Options,
  ): { lastMessage: MessageEvent | null; readyState: number }
}

declare module 'ahooks' {
  export function useWebSocket(url: string): { latestMessage?: MessageEvent; readyState: number }
}

declare module 'socket.io' {
  interface Socket {
    on(event: string, listener: (data: unknown, acknowledge: () => void) => void): void
  }
  export class Server {
    constructor(port: number, options: object)
    readonly httpServer: import('node:http').Server
    on(event: 'connection', listener: (socket: Socket) => void): void
  }
}

declare module 'socket.io-client' {
  interface Socket {
    on(event: 'connect', listener: () => void): void
    emitWithAck(event: string, data: unknown): Promise<unknown>
    close(): void
  }
  export function io(url: string, options: object): Socket
}
