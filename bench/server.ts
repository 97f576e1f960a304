/**
 * Owns the server of the bench, a process of its own: it keeps connections (`/idle`), or floods them with messages made
 * ready beforehand (`/flood?text&size=100&count=1000`), so that it is never what is measured.
 * Must never read what it is told, a close aside.
 */

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const CLOSE = 0x88
/** Frames per write. */
const CHUNK = 200

const server = createServer((_request, response) => {
  // A page of this origin, for browsers. What it shows is not drawn: that costs every library the same.
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end('<!doctype html><title>bench</title><div id="root" hidden></div>')
})

server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key']
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.on('error', () => {})
  socket.on('data', (data) => {
    if (data[0] === CLOSE) socket.end(Buffer.from([CLOSE, 2, 3, 232]))
  })
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://bench')
  if (pathname !== '/flood') return
  const frame = makeFrame(Number(searchParams.get('size')), searchParams.has('text'))
  void flood(socket, frame, Number(searchParams.get('count')))
})

function makeFrame(size: number, isText: boolean): Buffer {
  const head = Buffer.from([
    isText ? 0x81 : 0x82,
    size < 126 ? size : 126,
    ...(size < 126 ? [] : [size >> 8, size & 255]),
  ])
  const body = '{"type":"tick","channel":"prices","bid":101.25,"ask":101.5,"note":"'.padEnd(size - 2, 'x')
  return Buffer.concat([head, Buffer.from(`${body}"}`)])
}

async function flood(socket: Duplex, frame: Buffer, count: number): Promise<void> {
  const many = Buffer.concat(Array.from({ length: CHUNK }, () => frame))
  for (let left = count; left > 0 && socket.writable; left -= CHUNK) {
    const flows = socket.write(left < CHUNK ? many.subarray(0, left * frame.length) : many)
    if (!flows) await drained(socket)
  }
}

function drained(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.on('drain', done).on('close', done)
  })
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) process.send?.(address.port)
})
process.on('disconnect', () => process.exit())
