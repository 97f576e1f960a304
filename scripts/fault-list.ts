/**
 * Owns the words of docs/FAULTS.md: every fault of a connection that we know of, in our own words. faults.ts makes the page.
 * Must never say what a test does: the page takes that from the tests.
 */

/** What goes wrong, what the user sees of it, and a remark where the rules say more or other than one would expect. */
export type Fault = readonly [fault: string, sees: string, remark?: string]

/** In the order of their numbers, from F1. */
export const groups: readonly (readonly [group: string, faults: readonly Fault[]])[] = [
  [
    'Transport',
    [
      [
        'A half-open line: packets vanish both ways',
        'The heartbeat declares it dead: `HEARTBEAT_TIMEOUT`, close 1006, a new connection.',
      ],
      ['A reset on an open connection', 'One close with 1006, then a new connection.'],
      [
        'A FIN without a close frame',
        'The same; there may be no `error` from the platform, and there is none from us.',
      ],
      [
        'A reset right after the acceptance',
        'It opened too briefly to be proven, so it counts as a failure, and in the end the circuit opens.',
      ],
      [
        'A dropped SYN',
        '`connectTimeout` ends the attempt, the socket is closed, and the next attempt does not wait for it.',
      ],
      [
        'A refused connection',
        'It fails fast, and backs off all the same.',
        "Node's own WebSocket before version 24 says `error` here and never `close`; before `open` the client takes either for the end.",
      ],
      ['An unreachable host', 'As 6.'],
      ['A name that does not resolve', 'As 6.'],
      [
        'TLS that fails: expired, for another host, from nobody known, or no TLS at all',
        'A counted failure with 1006. A `wss` url is never dialled as `ws`.',
      ],
      [
        'A link that goes down and comes up',
        'As 1; it is noticed by the next heartbeat or, where the platform tells, by the news.',
      ],
      ['Every third packet lost', 'Nothing, as long as anything arrives within `heartbeatTimeout` of a ping (R14).'],
      [
        'A slow link',
        'A buffer that drains is a sign of life, also when more is put into it meanwhile; nobody is declared dead for being slow.',
        "Node's two WebSockets report progress only when all they hold has reached the kernel; a small `highWaterMark` helps them.",
      ],
      [
        'A process or machine that is paused',
        'The verdict that fell due meanwhile is late: a fresh ping goes out before anything is believed.',
      ],
      ['Another network, another address', 'The old connection is silent, as in 1; `online` asks it at once.'],
      ['A socket killed by the system', 'One close with 1006.'],
    ],
  ],
  [
    'Handshake',
    [
      ['401, 403, 404', 'No platform tells them apart: 1006, a counted failure.'],
      ['429, 502, 503', 'As 16. `Retry-After` cannot be read; backoff and breaker take its place.'],
      ['302, 200', 'As 16. No redirect is followed.'],
      ['An upgrade that is never answered', '`connectTimeout`, and the socket is closed.'],
      ['An acceptance cut off in the middle', 'As 19.'],
      ['Garbage, TLS, a FIN or a reset instead of an answer', 'As 16.'],
      ['A wrong `Sec-WebSocket-Accept`', 'As 16.'],
      [
        'A subprotocol nobody asked for, or none of those asked for',
        "The platform decides: a failed attempt, or an open connection whose `protocol` is `''`.",
      ],
      ['An extension nobody asked for', 'As 16.'],
      [
        'An acceptance just before or just after the timeout',
        'It opens; or it timed out, and the late acceptance is ignored.',
      ],
      [
        'Firefox holding a dial back for up to a minute after failures',
        '`connectTimeout` lets go each time; the quiet minute of the breaker lets the hold expire.',
        'In the virtual world, with a socket that behaves as Firefox does.',
      ],
      [
        'Chromium letting a second handshake to an address wait for the first',
        'The timeout closes the first one, and the second goes out.',
      ],
    ],
  ],
  [
    'Closing and flapping',
    [
      [
        'A server that accepts and closes, again and again',
        'Each flap counts; after five the circuit is open. A greeting before it changes nothing (R5).',
      ],
      ['1000 from the server', 'A new connection (R12), one event.'],
      ['1001, going away', 'A new connection.'],
      ['1002, 1003, 1007, 1010: our own mistake', 'FAILED: a mistake repeated is still one (R12).'],
      [
        'No code (1005); 1006 and 1015, which never travel',
        'An abnormal end, and a new connection.',
        'On the wire 1015 arrives as 1006 everywhere. Should a platform ever report it, it is fatal (R12).',
      ],
      [
        '1008, 4401, 4403: not allowed',
        'With a `url` or `protocols` function one more attempt with a fresh call, then FAILED; without, FAILED at once (R12).',
      ],
      ['1009, too big', 'FAILED; the message is not sent again.'],
      ['1011, 1014: the server broke', 'A new connection after the usual backoff.'],
      ['1012, 1013, 4429: later, please', 'A random 5 to 30 s; half of `maxDelay` at least.'],
      [
        "3000–4999: the application's own",
        'They reach the user as they came. Most are retried; 4400–4499 are fatal but for 4408 and 4429, and `shouldReconnect` decides otherwise.',
      ],
      ['Codes that do not exist', 'No crash; retried. Chromium passes them on as clean closes, Node as 1006.'],
      ['Two close frames', 'One close.'],
      [
        'A close frame, but no FIN',
        'The platform waits (Chromium 2 s, `ws` 30 s, Node for ever); the heartbeat does not.',
        '`closeTimeout` is for closes of our own; here nobody has asked for one.',
      ],
      ['A peer that ignores our close', 'CLOSED after `closeTimeout`; `connect()` does not even wait for that.'],
      ['`close()` during the handshake', 'CLOSED, nothing counted, a late acceptance ignored.'],
      ['`close()` and its like inside any listener', 'The event in hand is finished first; none is told twice.'],
      ['`connect()` inside `close`, ten thousand times', 'No recursion.'],
      ['`send()` inside `open`', 'It goes out before what was queued (R16).'],
      ['Late events of a socket that was let go', 'Ignored, for ever.'],
    ],
  ],
  [
    'Frames and data',
    [
      [
        'Text or a close reason that is not UTF-8',
        'Nothing is delivered; 1006, and a new connection.',
        'A platform that reported 1007 would make it fatal (R12); none of ours does.',
      ],
      ['Masked frames, reserved bits, unknown opcodes, broken pings, stray continuations', 'As 47.'],
      ['An announced length of 2^40', 'Nothing is allocated; 1006.'],
      ['A message cut off', 'No part of it is delivered.'],
      ['A frame in single bytes', 'One message.'],
      [
        'Payloads that are no JSON, huge, or set on `__proto__`',
        'They reach the listener raw; the connection stays.',
        'The engine parses only in search of pongs; what does not fit a codec of the hooks is an `INVALID_MESSAGE` (R35).',
      ],
      ['Binary and empty messages', '`binaryType` is applied to every new socket.'],
      [
        'Ten thousand messages at once',
        'Every listener hears all of them, in order; React renders once per notification.',
      ],
      [
        'Our own ping echoed, a pong with a payload',
        'A pong is measured once and never shown by the hooks. An echoed ping is a message like any other, and a sign of life.',
        '`isPong` decides what is a pong (R14).',
      ],
    ],
  ],
  [
    'Heartbeat and time',
    [
      [
        'A server that answers no ping',
        'One missed verdict, a new connection, and an error that says how to switch the heartbeat off.',
      ],
      ['A pong for a connection that is gone', 'Ignored. Any message of the right one is life.'],
      [
        'A hidden tab whose timers run once a minute',
        'A missed tick of our own is no missed pong: ping first, then judge.',
      ],
      [
        'A wall clock that jumps an hour',
        'Backwards: nothing. Forwards: it looks like sleep and costs one ping (R15).',
        'Deadlines are monotonic; the wall clock is only compared with them.',
      ],
      ['Eight hours of sleep', 'One ping, or one dial, and no burst of what was slept through.'],
      [
        'A frozen page, or one back from the cache whose socket only looks open',
        "It is asked before it is believed; its end counts as nobody's failure (R7).",
      ],
      ['`offline` or `online` that lies', 'Nothing is closed for it, and nothing waits for it alone.'],
      ['A heartbeat that cannot be sent', 'An `error` at each beat; connection and beat go on.'],
    ],
  ],
  [
    'The program around it',
    [
      [
        'A constructor that throws; a blocked port; a policy that forbids',
        'FAILED at once for a `SyntaxError`, else a counted failure; never an exception (R7).',
        'Under a content security policy Chromium says `error` and never `close`.',
      ],
      [
        'A `url` function that throws, rejects, hangs, answers nonsense or too late',
        'A counted failure, in time; a late answer is dropped.',
      ],
      ['A listener that throws', 'The others still run, the state is whole, the error is reported.'],
      ['Leaving during the handshake, StrictMode, remounting', 'One socket, and nothing left behind.'],
      ['A closed client that a late promise still refers to', 'It stays closed.'],
      [
        'A queue that overflows, ages, or is cut short by a loss',
        'Every message is sent or reported as dropped, exactly once.',
      ],
      [
        'A peer that reads nothing any more',
        'Above `highWaterMark` messages wait here; the heartbeat still goes, and judges.',
      ],
      ['`send()` while closing or closed, where platforms lose it silently', 'Queued or dropped, and said so.'],
      [
        'Many clients of one server at once',
        'Fifty components are one connection; fifty clients are spread by jitter.',
        'A breaker is not shared between clients; its spread (R10) does that work.',
      ],
      ['A delay no timer can hold', 'Cut to 2^31 − 1, or waited for in pieces.'],
      ['A `ws` socket that reports an error after it was let go', 'The process lives.'],
      ['Options that make no sense', 'Refused by name; no delay is ever negative, fractional or NaN.'],
    ],
  ],
]
