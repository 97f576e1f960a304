/**
 * Owns the behaviours of the fault server: one function per URL path, `/name/argument/…`, each a fault of its own.
 * Each acts on its one visit and on nothing else. Where a fault should come after `open`, it waits for a frame of the
 * client (any text), so that a test, a page or a browser in another process decides the moment without a side channel.
 */

import type { Visit } from './fault-server.ts'
import { BINARY, CLOSE, CONTINUATION, closeFrame, frame, PING, PONG, TEXT } from './frames.ts'

export type Behaviour = (visit: Visit, ...args: string[]) => void

/** Any status with an empty body; `status` serves `/401`, `/503` and all the other three digits. */
const reasons: Readonly<Record<string, string>> = { 200: 'OK', 302: 'Found', 503: 'Service Unavailable' }

/** Opens, and goes wrong at the client's first frame. */
const atFirstFrame =
  (fault: (visit: Visit) => void): Behaviour =>
  (visit) => {
    visit.accept()
    visit.onFrame = () => {
      visit.onFrame = undefined
      fault(visit)
    }
  }

/** Opens, and sends these bytes at once. */
const atOnce =
  (...bytes: Buffer[]): Behaviour =>
  (visit) => {
    visit.accept()
    for (const part of bytes) visit.write(part)
  }

const invalidUtf8 = Buffer.from([0x68, 0x69, 0xc3, 0x28])
const count = (text = '', most = 100_000) => Math.min(Number.parseInt(text, 10) || 0, most)

/** A good server: takes the first subprotocol offered, answers pings of both kinds, echoes the rest, closes when asked. */
const good: Behaviour = (visit) => {
  visit.accept({ protocol: visit.protocols[0] ?? '' })
  visit.onFrame = (heard) => {
    if (heard.opcode === TEXT && heard.text === '{"type":"ping"}') visit.text('{"type":"pong"}')
    else if (heard.opcode === TEXT || heard.opcode === BINARY) visit.write(frame(heard.opcode, heard.payload))
    else if (heard.opcode === PING) visit.write(frame(PONG, heard.payload))
    else visit.civil(heard)
  }
}

/** Writes byte by byte, one turn of the event loop for each. */
function dribble(visit: Visit, bytes: Buffer): void {
  let sent = 0
  const next = () => {
    if (sent >= bytes.length || visit.socket.destroyed) return
    visit.write(bytes.subarray(sent, ++sent))
    setImmediate(next)
  }
  next()
}

export const behaviours: Readonly<Record<string, Behaviour>> = {
  // ── nothing wrong ──────────────────────────────────────────────────────────────────────────────────────────────
  ok: good,
  /** Sends everything back, pings too. */
  echo: (visit) => {
    visit.accept({ protocol: visit.protocols[0] ?? '' })
    visit.onFrame = (heard) => {
      if (heard.opcode === TEXT || heard.opcode === BINARY) visit.write(frame(heard.opcode, heard.payload))
      else visit.civil(heard)
    }
  },
  /** Accepts after some ms, or when the test says `go()`. */
  slowaccept: (visit, ms) => {
    const accept = () => visit.socket.writable && good(visit)
    if (ms) setTimeout(accept, count(ms, 60_000)).unref()
    else visit.going.then(accept)
  },
  bin: (visit) => {
    good(visit)
    visit.write(frame(BINARY, Buffer.from([0, 1, 127, 128, 255])))
  },
  emptybin: (visit) => {
    good(visit)
    visit.write(frame(BINARY))
  },
  /** So many messages, numbered from 0, in one write. */
  burst: (visit, many) => {
    good(visit)
    visit.write(Buffer.concat(Array.from({ length: count(many) }, (_, n) => frame(TEXT, String(n)))))
  },
  /** One message in single bytes. */
  dribble: (visit) => {
    good(visit)
    dribble(visit, frame(TEXT, 'one message, byte by byte: ü€😀'))
  },
  /** The acceptance itself in single bytes. */
  dribblehead: (visit) => dribble(visit, Buffer.from(visit.acceptance())),

  // ── refusing the handshake ─────────────────────────────────────────────────────────────────────────────────────
  status: (visit, code = '503') => {
    const extra = code.startsWith('3')
      ? 'Location: /ok\r\n'
      : code === '503' || code === '429'
        ? 'Retry-After: 1\r\n'
        : ''
    visit.socket.end(
      `HTTP/1.1 ${code} ${reasons[code] || 'No'}\r\n${extra}Content-Length: 0\r\nConnection: close\r\n\r\n`,
    )
  },
  /** Says nothing, for ever. */
  hang: () => {},
  /** Half an acceptance, and then nothing. */
  partial: (visit) => visit.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso'),
  garbage: (visit) => visit.socket.end(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10, 7])),
  /** A TLS alert to a client that speaks plainly. */
  tls: (visit) => visit.socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])),
  wrongaccept: (visit) => visit.accept({ key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }),
  badproto: (visit) => visit.accept({ protocol: 'unasked' }),
  /** Accepts, but none of the subprotocols. */
  noproto: (visit) => visit.accept(),
  badext: (visit) => visit.accept({ extension: 'x-unheard-of' }),
  /** Hangs up instead of answering. */
  finbefore: (visit) => visit.fin(),
  rst: (visit) => visit.reset(),
  /** Resets in the middle of the acceptance. */
  rsthalf: (visit) => {
    visit.write(visit.acceptance().slice(0, 60))
    setImmediate(() => visit.reset())
  },

  // ── breaking off ───────────────────────────────────────────────────────────────────────────────────────────────
  /** Resets right after the acceptance. */
  flaprst: (visit) => {
    visit.accept()
    setImmediate(() => visit.reset())
  },
  rstafter: atFirstFrame((visit) => visit.reset()),
  finafter: atFirstFrame((visit) => visit.fin()),
  /** Resets instead of answering the client's close. */
  rstclose: (visit) => {
    visit.accept()
    visit.onFrame = (heard) => heard.opcode === CLOSE && visit.reset()
  },
  /** Half a message, then FIN. */
  trunc: (visit) => {
    atOnce(frame(TEXT, 'only the beginn', { length: 100 }))(visit)
    visit.fin()
  },

  // ── closing ────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Accepts and closes at once, over and over. */
  flap: (visit) => {
    visit.accept()
    visit.closes(1000)
  },
  /** The same with a greeting, which is no proof either. */
  greet: (visit) => {
    visit.accept()
    visit.text('hello')
    visit.closes(1000)
  },
  /** `/close/4001/why`: any code from 0 to 65535. */
  close: (visit, code, reason = '') => {
    visit.accept()
    visit.closes(count(code, 65_535), decodeURIComponent(reason))
  },
  /** The same at the client's first frame. */
  closeafter: (visit, code, reason = '') =>
    atFirstFrame((it) => it.closes(count(code, 65_535), decodeURIComponent(reason)))(visit),
  closeempty: (visit) => {
    visit.accept()
    visit.closes()
  },
  /** A close frame of one byte, which is half a code. */
  closeshort: (visit) => {
    visit.closeSent = true
    atOnce(frame(CLOSE, Buffer.from([3])))(visit)
  },
  closebadutf: (visit) => {
    visit.accept()
    visit.closes(1000, invalidUtf8)
  },
  closetwice: (visit) => {
    visit.closeSent = true
    atOnce(Buffer.concat([closeFrame(4001, 'first'), closeFrame(4002, 'second')]))(visit)
  },
  /** Closes in WebSocket, never in TCP. */
  closenofin: (visit) => {
    visit.accept()
    visit.holdsOn = true
    visit.onFrame = () => {}
    visit.closes(1000)
  },

  // ── broken frames ──────────────────────────────────────────────────────────────────────────────────────────────
  badutf8: atOnce(frame(TEXT, invalidUtf8)),
  masked: atOnce(frame(TEXT, 'masked', { mask: true })),
  rsv: atOnce(frame(TEXT, 'rsv', { rsv: 4 })),
  badopcode: atOnce(frame(0x3, 'opcode 3')),
  badcontrol: atOnce(frame(0xb, 'opcode 11')),
  fragping: atOnce(frame(PING, 'half', { fin: false })),
  bigping: atOnce(frame(PING, 'x'.repeat(126))),
  orphan: atOnce(frame(CONTINUATION, 'of nothing')),
  /** A second message inside an unfinished one. */
  interleaved: atOnce(frame(TEXT, 'one', { fin: false }), frame(TEXT, 'two')),
  /** Announces 2^40 bytes and sends five. */
  huge: atOnce(frame(BINARY, 'begin', { length: 2 ** 40 })),

  // ── silence ────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Hears, and never says anything: no pong, no close, no FIN. */
  deaf: (visit) => {
    visit.accept()
    visit.holdsOn = true
    visit.onFrame = () => {}
  },
  /** Answers no message, but knows how to close. */
  mute: (visit) => visit.accept(),
  /** A good server for so many messages of the client, then deaf. */
  fades: (visit, after) => {
    good(visit)
    const civil = visit.onFrame
    let left = count(after) || 1
    visit.onFrame = (heard) => {
      if (left-- > 0) civil?.(heard)
      else visit.holdsOn = true
    }
  },
  /** Answers every so-manieth ping only, as if the others were lost. */
  lossy: (visit, every) => {
    visit.accept()
    let heardPings = 0
    visit.onFrame = (heard) => {
      if (heard.opcode !== TEXT) visit.civil(heard)
      else if (++heardPings % (count(every) || 3) === 0) visit.text('{"type":"pong"}')
      else visit.text('other news')
    }
  },
  /** Never reads again. */
  stall: (visit) => {
    visit.holdsOn = true
    visit.accept()
    visit.socket.pause()
    visit.going.then(() => visit.socket.resume())
  },
  /** A good server that reads one chunk every so many ms, and sends no message back but pongs. */
  sip: (visit, ms) => {
    good(visit)
    const civil = visit.onFrame
    visit.onFrame = (heard) => heard.opcode !== BINARY && civil?.(heard)
    const pause = count(ms, 1000) || 5
    visit.socket.on('data', () => {
      visit.socket.pause()
      setTimeout(() => visit.socket.resume(), pause).unref()
    })
  },
}
