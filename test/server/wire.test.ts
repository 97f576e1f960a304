/**
 * Owns docs/SESSION-WIRE.md: its transcript is played to our server in virtual time, and over real sockets to ours and to the
 * independent one of fixtures/.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createSessionServer, memoryStore, Refusal, type SessionServerOptions, Wait } from '../../src/server/index.ts'
import { SUBPROTOCOL } from '../../src/session/frames.ts'
import { createScene, settle } from '../support/session-scene.ts'
import { inLanes, readTranscript } from '../support/session-transcript.ts'

type Said = { to: string; text: string }

/** The application that the document describes. */
function application() {
  let isLater = true
  const options: SessionServerOptions<string, never> = {
    store: memoryStore({ epoch: 'k3x9' }),
    onSend: ({ data }: { data: Said }) => {
      if (data.text === 'no') throw new Refusal('no')
      if (data.text === 'later' && isLater) {
        isLater = false
        throw new Wait(1000)
      }
      return { publish: [{ topic: data.to, data }] }
    },
    onRequest: ({ data }: { data: { fail?: string } | string }) => {
      if (data === 'never') return new Promise(() => {})
      const why = Object(data).fail
      if (why) throw new Refusal(why)
      return data
    },
    canFollow: ({ topic }) => !topic.startsWith('secret'),
  }
  return options
}

/** Plays the client over real sockets. The words after `answer` are waited for, so an answer too many shows in the next turn. */
async function play(address: string): Promise<void> {
  for (const { user, turns } of readTranscript()) {
    const socket = new WebSocket(`${address}/?user=${user}`, SUBPROTOCOL)
    const heard: unknown[] = []
    let wake = () => {}
    socket.on('message', (data) => {
      heard.push(JSON.parse(String(data)))
      wake()
    })
    socket.on('close', (code) => {
      heard.push(code)
      wake()
    })
    await once(socket, 'open')
    expect(socket.protocol).toBe(SUBPROTOCOL)
    for (const { say, hear } of turns) {
      socket.send(say)
      while (heard.length < hear.length) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      expect(inLanes(heard.splice(0)), `after ${say}`).toEqual(inLanes(hear))
    }
    socket.terminate()
  }
}

describe('the transcript of docs/SESSION-WIRE.md', () => {
  it('has every word of the wire', () => {
    const said = readTranscript().flatMap(({ turns }) => turns.map(({ say }) => Object.keys(JSON.parse(say))[0]))
    const heard = readTranscript().flatMap(({ turns }) =>
      turns.flatMap(({ hear }) => hear.map((one) => Object.keys(Object(one))[0])),
    )
    expect([...new Set(said)].sort()).toEqual(['n', 'q', 's', 't', 'type'])
    expect([...new Set(heard)].filter(Boolean).sort()).toEqual(['a', 'g', 'p', 's', 't', 'type', 'w'])
  })

  it('is what our server says', async () => {
    const { open } = createScene(application())
    let peer: ReturnType<typeof open> | undefined
    for (const { user, turns } of readTranscript()) {
      peer?.cut()
      peer = open(user)
      for (const { say, hear } of turns) {
        peer.sayText(say)
        await settle()
        await settle()
        const heard: unknown[] = peer.heard()
        if (peer.closed) heard.push(peer.closed.code)
        expect(inLanes(heard), `after ${say}`).toEqual(inLanes(hear))
      }
    }
  })

  it('is what our server says over sockets of ws', async () => {
    const http = createServer()
    const sessions = createSessionServer(application())
    const wss = new WebSocketServer({ server: http })
    wss.on('connection', (socket, request) =>
      sessions.accept(socket, new URL(request.url ?? '', 'ws://x').searchParams.get('user')),
    )
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    try {
      await play(`ws://127.0.0.1:${(http.address() as { port: number }).port}`)
    } finally {
      sessions.close()
      wss.close()
      http.close()
    }
  })

  it('is what an independent server says, which has no code of ours', async () => {
    const child = spawn(process.execPath, ['fixtures/other-server/server.mjs'], {
      env: { ...process.env, EPOCH: 'k3x9', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [line] = await once(child.stdout, 'data')
      await play(String(line).trim())
    } finally {
      child.kill()
    }
  })
})

describe('a frame that ws itself refuses', () => {
  it.each([
    ['a reserved opcode', [0x8f, 0x80, 0, 0, 0, 0]],
    ['text that is no UTF-8', [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]],
    ['no mask', [0x81, 0x01, 0x61]],
    ['a length of eight bytes that nobody has', [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('%s ends the connection and nothing else', async (_, bytes) => {
    const http = createServer()
    const sessions = createSessionServer(application())
    const wss = new WebSocketServer({ server: http })
    wss.on('connection', (socket) => sessions.accept(socket, 'ann'))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const address = `ws://127.0.0.1:${(http.address() as { port: number }).port}`
    try {
      const socket = new WebSocket(address)
      await once(socket, 'open')
      const ended = once(socket, 'close')
      ;(socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(Buffer.from(bytes))
      await ended
      const good = new WebSocket(address)
      await once(good, 'open')
      good.send('{"type":"ping"}')
      const [pong] = await once(good, 'message')
      expect(String(pong)).toBe('{"type":"pong"}')
      good.terminate()
    } finally {
      sessions.close()
      wss.close()
      http.close()
    }
  })
})
