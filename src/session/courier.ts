/**
 * Owns bringing the messages of the outbox to the server, in order, at most a window of them unacknowledged, while this tab
 * holds the lead (S1, S6–S8). Must never send what the store has not marked as sent, nor take a server's word for a number that
 * was never sent.
 */

import type { Clock } from '../options/world.ts'
import { byteLength, type WebSocketData } from '../policy/payload.ts'
import { DeadlineTimer } from '../runtime/deadline-timer.ts'
import type { RefusalNote, ServerFrame, SessionFrame } from './frames.ts'
import type { Line, Welcome } from './line.ts'
import type { OutboxCore } from './outbox.ts'
import type { OpenOutbox } from './outbox-store.ts'
import { showCourier } from './session-inside.ts'

/** Ms until the store is tried again, after it has failed. */
const STORE_RETRY = 1000
/** Numbers that a store may have lost; a server further ahead than that is wrong. */
const LOST_AT_MOST = 100_000
const NEVER_SENT = 'acknowledged what was never sent'

export interface CourierSettings {
  readonly box: OpenOutbox
  readonly outbox: OutboxCore<any>
  readonly clock: Clock
  readonly window: number
  readonly maxAge: number
  /** Whether what may be done twice waits for a person. */
  readonly isHeld: boolean
  write(frame: SessionFrame): WebSocketData
  send(data: WebSocketData): void
  /** The server has broken the wire. */
  fail(reason: string): void
  /** The server wants another greeting. */
  reconnect(): void
  report(error: unknown): void
}

export function createCourier(settings: CourierSettings) {
  const { box, outbox, clock, window, write } = settings
  let line: Line | undefined
  let acked = 0
  let notes: RefusalNote[] = []
  let isBusy = false
  let isWanted = false
  let hasFailed = false
  /** The proof that was given to a server that had asked for it. */
  let greetedWith: number | undefined
  /** The server asks for a pause, or the store has failed. */
  let pausedUntil = 0
  const timer = new DeadlineTimer(clock, {
    onTimer() {
      pausedUntil = 0
      run()
    },
  })
  const pause = (ms: number) => {
    pausedUntil = timer.now() + ms
    timer.arm(pausedUntil)
  }

  /** One thing at a time: what comes meanwhile is seen in the next round. */
  const run = async () => {
    isWanted = true
    if (isBusy) return
    isBusy = true
    try {
      while (isWanted) {
        isWanted = false
        await round()
      }
      hasFailed = false
    } catch (error) {
      // Nothing leaves that is not kept; it is tried again.
      if (!hasFailed) settings.report(error)
      hasFailed = true
      pause(STORE_RETRY)
    }
    isBusy = false
  }

  const round = async () => {
    const here = line
    // Somebody has cleared the store: we are another client now.
    if (here && here.client !== outbox.state.client) return settings.reconnect()
    if (acked) await settle()
    if (!here || here !== line || !here.isLeading) return
    if (!here.isPrepared) await prepare(here)
    else if (!pausedUntil) await pump(here)
  }

  /** What the server says is done, once the store knows that it was ever sent. */
  const settle = async () => {
    const n = acked
    const isKnown = () => n <= Math.max(outbox.state.sent, outbox.state.acked)
    if (!isKnown()) await outbox.sync()
    if (!isKnown()) {
      acked = 0
      return settings.fail(NEVER_SENT)
    }
    // What goes out next is marked by the same transaction (S8): an ack more often has some behind it than not.
    const { next, sent, epoch } = outbox.state
    const goesOn = line?.isPrepared && line.isLeading && !pausedUntil && line.welcome.epoch === epoch
    await outbox.settle(n, notes, goesOn ? Math.max(sent, Math.min(next - 1, n + window)) : sent)
    if (acked === n) acked = 0
    // Those that came meanwhile are for the next.
    notes = notes.filter(([refused]) => refused > n)
    isWanted = true
  }

  /** This tab leads from now on, over this line. */
  const prepare = async (here: Line) => {
    const { welcome } = here
    await outbox.sync()
    isWanted = true
    const { state } = outbox
    if (here !== line || here.client !== state.client) return
    if (welcome.acked > Math.max(state.sent, state.acked)) {
      if (welcome.acked > state.next + LOST_AT_MOST) return settings.fail(NEVER_SENT)
      // Our own memory went back, as after a power cut: those numbers were others' once.
      await outbox.renumber(welcome.acked + 1)
      await outbox.mark(welcome.acked, state.epoch || welcome.epoch)
    }
    const isOther = state.epoch !== undefined && state.epoch !== welcome.epoch
    const uncertainTo = isOther ? state.sent : here.uncertainTo
    if (isOther || uncertainTo > state.acked) await outbox.flag(uncertainTo, welcome.epoch, settings.isHeld)
    if (welcome.acked > outbox.state.acked || welcome.refused.length)
      await outbox.settle(Math.max(welcome.acked, outbox.state.acked), welcome.refused, state.sent)
    here.cursor = outbox.state.acked
    here.isPrepared = true
  }

  const pump = async (here: Line) => {
    const first = Math.max(here.cursor, outbox.state.acked) + 1
    const maxAge = Math.min(settings.maxAge, here.welcome.memory)
    let last = Math.min(outbox.state.next - 1, outbox.state.acked + window)
    const frames: WebSocketData[] = []
    for (let n = first; n <= last; n++) {
      const item = outbox.get(n)
      let frame: WebSocketData | undefined
      if (item && !item.end) {
        if (item.isHeld) {
          last = n - 1
          break
        }
        frame = write({ type: 'send', n, data: item.data })
        const isOld = clock.now() - item.at > maxAge
        if (isOld || byteLength(frame) > here.welcome.frameBytes) {
          frame = undefined
          await outbox.end(item, isOld ? 'expired' : 'refused', isOld ? undefined : 'too-large')
        }
      }
      // A number without a message stands for nothing, and the server counts on.
      frames.push(frame || write({ type: 'skip', n }))
    }
    if (!frames.length) return
    // S8: first the mark.
    if (last > outbox.state.sent || outbox.state.epoch !== here.welcome.epoch)
      await outbox.mark(Math.max(last, outbox.state.sent), here.welcome.epoch)
    isWanted = true
    // Meanwhile the server may have sent us back, or gone.
    if (here !== line || !here.isLeading || pausedUntil || first !== Math.max(here.cursor, outbox.state.acked) + 1)
      return
    here.cursor = last
    for (const frame of frames) settings.send(frame)
  }

  /** The server goes on from here, and has not seen what came after. */
  const goBack = (n: number) => {
    if (!line || !line.isPrepared) return
    // It has lost what we have proof of, and a greeting gives it that proof (S5).
    const { acked: proof } = outbox.state
    if (n > proof) line.cursor = Math.min(line.cursor, n - 1)
    else if (greetedWith === (greetedWith = proof)) settings.fail('asks for what is proven')
    else settings.reconnect()
  }

  try {
    if (process.env.NODE_ENV !== 'production')
      showCourier(outbox, () => ({ window, isLeading: line?.isLeading, pause: pausedUntil - timer.now() }))
  } catch {}
  return {
    run,
    /** A connection is ready. */
    open(client: string, welcome: Welcome) {
      pausedUntil = 0
      const here: Line = {
        ...{ client, welcome },
        uncertainTo: welcome.isForgotten ? outbox.state.sent : 0,
        leave: box.lead((isLeading) => {
          here.isLeading = isLeading
          here.isPrepared = false
          run()
        }),
        ...{ isLeading: false, isPrepared: false, cursor: 0 },
      }
      line = here
      run()
    },
    /** It has ended. */
    close() {
      line?.leave()
      line = undefined
      acked = 0
      notes = []
      timer.arm(Infinity)
      pausedUntil = 0
    },
    onFrame(frame: Extract<ServerFrame, { n: number }>) {
      if (frame.type === 'ack') {
        acked = Math.max(acked, frame.n)
        notes.push(...frame.refused)
      } else {
        goBack(frame.n)
        if (line && frame.type === 'wait') pause(frame.ms)
      }
      run()
    },
  }
}
