/**
 * Owns one topic that one connection follows: where it stands, catching up in pages, then live (S7, S10).
 * Must never skip an event, nor hold any for a client that does not read.
 */

import type { WebSocketData } from '../policy/payload.ts'
import type { Position } from '../session/frames.ts'
import type { Context, Line } from './context.ts'
import type { StreamEvent } from './session-store.ts'
import type { Listener, Topics } from './topics.ts'

/** Events read at a time, at most. */
const PAGE = 100
/** Ms until the store is asked again after it failed. */
const RETRY = 1000

export type FollowerAnswer = (position: Position, isContinued: boolean) => void

export class Follower<User> implements Listener {
  readonly #context: Context<User>
  readonly #line: Line<User>
  readonly #topics: Topics
  readonly #topic: string
  readonly #tellPosition: FollowerAnswer
  #position: Position = { epoch: '', offset: 0 }
  /** Events to read next: about as many as the client has just taken. */
  #pageSize = PAGE
  #isLive = false
  /** Something has happened since the store was asked. */
  #isRung = false
  #isOver = false

  /** `answer` tells where it goes on. */
  constructor(context: Context<User>, line: Line<User>, topics: Topics, topic: string, answer: FollowerAnswer) {
    this.#context = context
    this.#line = line
    this.#topics = topics
    this.#topic = topic
    this.#tellPosition = answer
    // Before the store is asked, so that nothing falls between.
    topics.join(topic, this)
  }

  /** Answers where it goes on, then everything after it. */
  async start(from: Position | undefined): Promise<void> {
    if (from) await this.#topics.turn()
    if (!from || (await this.#readPage(from, true)) === 'missing') await this.#startNow(!from)
    await this.#catchUp()
  }

  stop(): void {
    this.#isOver = true
    this.#topics.leave(this.#topic, this)
  }

  hear(event: StreamEvent, text: () => WebSocketData): void {
    this.#isRung = true
    if (!this.#isLive || event.offset <= this.#position.offset) return
    if (event.offset === this.#position.offset + 1 && !this.#line.isBusy) this.#send(event, text())
    else this.#line.run(this.#catchUp())
  }

  hearPlain(text: WebSocketData): void {
    if (!this.#line.isBusy) this.#line.sendText(text)
  }

  async #catchUp(): Promise<void> {
    this.#isLive = false
    while (!this.#isOver) {
      if (this.#line.isBusy) await this.#line.drained()
      await this.#topics.turn()
      this.#isRung = false
      const found = await this.#readPage(this.#position, false)
      // Not all of it is to be had, so none of it is (S10).
      if (found === 'missing') await this.#startNow(false)
      if (!this.#isRung && found !== 'some') {
        this.#isLive = !this.#isOver
        return
      }
    }
  }

  /** Goes on from the present. */
  async #startNow(isContinued: boolean): Promise<void> {
    const present = await this.#ask(() => this.#context.store.position(this.#topic))
    if (present) this.#answer(present, isContinued)
  }

  /**
   * Tells what follows `from`: all of it, some, or nothing because some is missing. In a call of its own, which ends before
   * anybody waits for the client: a call that waits keeps its variables, and with them the page.
   */
  async #readPage(from: Position, isAnswer: boolean): Promise<'all' | 'some' | 'missing'> {
    const size = this.#pageSize
    const page = await this.#ask(() => this.#context.store.since(this.#topic, from, size))
    if (!page) return 'missing'
    if (isAnswer) this.#answer(from, true)
    return this.#tellAll(page) && page.length < size ? 'all' : 'some'
  }

  /** Whether the client took all of it; what it did not is read again once it has room, and not held until then. */
  #tellAll(page: readonly StreamEvent[]): boolean {
    let told = 0
    while (told < page.length && !this.#line.isBusy && !this.#isOver) {
      const event = page[told++] as StreamEvent
      this.#send(event, this.#context.framing.write({ ...event, type: 'event' }))
    }
    const isAll = told === page.length
    this.#pageSize = isAll ? Math.min(PAGE, this.#pageSize * 2) : Math.max(1, told)
    return isAll
  }

  #send(event: StreamEvent, text: WebSocketData): void {
    this.#position = { epoch: this.#position.epoch, offset: event.offset }
    this.#line.sendText(text)
  }

  #answer(position: Position, isContinued: boolean): void {
    if (this.#isOver) return
    this.#position = position
    this.#tellPosition(position, isContinued)
  }

  /** Asks until there is an answer, or nobody waits for it any more. */
  async #ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    const { clock } = this.#context
    while (!this.#isOver) {
      try {
        return await question()
      } catch (cause) {
        this.#line.trouble('STORE_FAILED', `the store could not say what happened in "${this.#topic}".`, cause)
        await new Promise<void>((resolve) => clock.setTimeout(resolve, RETRY))
      }
    }
    return undefined
  }
}
