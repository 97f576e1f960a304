/**
 * Owns a recording as a HAR, which the network panels of browsers open: one entry for each connection, its frames in
 * `_webSocketMessages`. Must never tell an address with its query or user info.
 */

import type { RecordedEntry } from './entry.ts'

export function toHar(entries: readonly RecordedEntry[], address: string, wallOffset: number): string {
  const url = address.replace(/[?#][^]*/, '').replace(/\/\/[^/]*@/, '//')
  const unknown = { httpVersion: 'HTTP/1.1', cookies: [], headers: [], headersSize: -1, bodySize: -1 }
  type Message = { type: string; time: number; opcode: number; data: string }
  const connectionAt = (at: number) => ({
    _resourceType: 'websocket',
    startedDateTime: new Date(at + wallOffset).toISOString(),
    time: 0,
    request: { method: 'GET', url, queryString: [], ...unknown },
    response: {
      ...{ status: 0, statusText: '', redirectURL: '', content: { size: 0, mimeType: 'x-unknown' } },
      ...unknown,
    },
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    _webSocketMessages: [] as Message[],
  })
  const connections: ReturnType<typeof connectionAt>[] = []
  let dialledAt = 0
  const dial = (at: number) => connections.push(connectionAt((dialledAt = at)))
  const current = (at: number) => {
    if (!connections.length) dial(at)
    return connections[connections.length - 1] as ReturnType<typeof connectionAt>
  }
  for (const entry of entries) {
    const { at, type } = entry
    if (type === 'received' || type === 'sent') {
      const connection = current(at)
      connection.time = at - dialledAt
      connection._webSocketMessages.push({
        type: type === 'sent' ? 'send' : 'receive',
        time: (at + wallOffset) / 1000,
        opcode: entry.binary ? 2 : 1,
        data: entry.data,
      })
    } else if (type === 'transition') {
      const { event } = entry
      if (event.type === 'opened') {
        const { response, timings } = current(at)
        response.status = 101
        timings.wait = at - dialledAt
      }
      if (/opened|socketClosed/.test(event.type)) current(at).time = at - dialledAt
      if (entry.effects.some(([name]) => name === 'dial')) dial(at)
    }
  }
  const version = '1.2'
  const creator = { name: 'react-websocket-reconnect', version }
  return JSON.stringify({ log: { version, creator, pages: [], entries: connections } })
}
