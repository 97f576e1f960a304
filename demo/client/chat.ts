/**
 * Owns one tab's part in the chat: feeds the store, keeps it in the tab's storage, and sends what is due at a pace the
 * server takes. Knows no React and no socket; it is told of openings, closings and frames.
 * Must never call a message sent that was not handed over, nor send before the room is joined.
 */

import { bounds, type ServerFrame } from '../protocol.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { type Chat, type ChatEvent, due, initialChat, type Kept, reduce } from './chat-store.ts'
import { isPassing } from './frames.ts'

export interface ChatSessionOptions {
  room: string
  nick: string
  kept: Partial<Kept>
  /** Keeps what must outlive a reload. */
  keep: (kept: Kept) => void
  /** Hands a frame to the open socket; false if there is none. */
  transmit: (frame: string) => boolean
  newId: () => string
  now?: () => number
  setTimeout?: (fn: () => void, ms: number) => unknown
}

export class ChatSession {
  readonly #options: Required<ChatSessionOptions>
  readonly #pace: RateLimiter
  #chat: Chat
  #listeners: ReadonlyArray<() => void> = []
  #armed = false
  #quietUntil = 0

  constructor(options: ChatSessionOptions) {
    this.#options = { now: () => Date.now(), setTimeout: (fn, ms) => setTimeout(fn, ms), ...options }
    this.#chat = initialChat(options.room, options.nick, options.kept)
    this.#pace = new RateLimiter(bounds.pageBurst, bounds.pagePerSecond, this.#options.now())
  }

  getSnapshot = (): Chat => this.#chat

  subscribe = (listener: () => void): (() => void) => {
    const call = () => listener()
    this.#listeners = [...this.#listeners, call]
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== call)
    }
  }

  /** A connection has opened: nothing of the one before is known to it. */
  opened(): void {
    this.#take({ type: 'opened' })
    this.#join()
  }

  closed(): void {
    this.#take({ type: 'closed' })
  }

  /** A frame has come. The server is ours, but a page may meet a newer one: what cannot be read is left. */
  received(data: unknown): void {
    const frame = read(data)
    if (!frame) return
    this.#take({ type: 'frame', frame })
    if (frame.type === 'error' && isPassing(frame.code)) {
      this.#quietUntil = this.#options.now() + (frame.retryAfter ?? 1000)
      this.#later(frame.retryAfter ?? 1000)
      if (frame.code === 'not-joined') this.#join()
    } else if (this.#chat.behind) this.#join()
    this.#pump()
  }

  enter(room: string): void {
    if (room === this.#chat.room) return
    this.#take({ type: 'entered', room })
    this.#join()
  }

  rename(nick: string): void {
    if (nick === this.#chat.nick) return
    this.#take({ type: 'renamed', nick })
    this.#join()
  }

  draft(text: string): void {
    this.#take({ type: 'drafted', text })
  }

  write(text: string): void {
    this.#take({ type: 'written', id: this.#options.newId(), text, at: this.#options.now() })
    this.#pump()
  }

  retry(id: string): void {
    this.#take({ type: 'retried', id })
    this.#pump()
  }

  discard(id: string): void {
    this.#take({ type: 'discarded', id })
  }

  #join(): void {
    const { room, nick, last, epoch } = this.#chat
    this.#options.transmit(JSON.stringify({ type: 'join', room, nick, since: last, epoch }))
  }

  /** Sends what is due, as much as the pace allows, and comes back for the rest. */
  #pump(): void {
    for (;;) {
      const message = due(this.#chat)
      if (!message) return
      const now = this.#options.now()
      const wait = Math.max(this.#quietUntil - now, this.#pace.wait(now))
      if (wait > 0) return this.#later(wait)
      const { room, id, text, at } = message
      // The clock may have been set meanwhile, either way.
      const age = Math.min(bounds.age, Math.max(0, Math.floor(now - at)))
      if (!this.#options.transmit(JSON.stringify({ type: 'say', room, id, text, age }))) return
      this.#pace.take(now)
      this.#take({ type: 'handed', id })
    }
  }

  #later(ms: number): void {
    if (this.#armed) return
    this.#armed = true
    this.#options.setTimeout(() => {
      this.#armed = false
      // A join that was refused as too frequent has nobody else to repeat it.
      if (!this.#chat.joined && !this.#chat.problem) this.#join()
      this.#pump()
    }, ms)
  }

  #take(event: ChatEvent): void {
    const before = this.#chat
    const chat = reduce(before, event)
    if (chat === before) return
    this.#chat = chat
    // In the same task as the key stroke: a reload right after it finds everything.
    if (chat.outbox !== before.outbox || chat.mine !== before.mine || chat.drafts !== before.drafts) {
      const { outbox, mine, drafts } = chat
      this.#options.keep({ outbox, mine, drafts })
    }
    for (const listener of this.#listeners) listener()
  }
}

function read(data: unknown): ServerFrame | null {
  try {
    const frame = JSON.parse(String(data))
    return typeof frame === 'object' && frame !== null && typeof frame.type === 'string' ? frame : null
  } catch {
    return null
  }
}
