/**
 * Owns which topics one connection follows, and who may. Each question gets one answer, unless it was taken back; of several about
 * one topic, the latest says from where.
 */

import type { Position, ServerFrame } from '../session/frames.ts'
import type { Context, Line } from './context.ts'
import { Follower } from './follower.ts'
import type { Topics } from './topics.ts'
import { Refusal } from './verdicts.ts'

/** Questions about one topic that may wait for their answers. */
const QUESTIONS = 100

interface Entry<User> {
  /** The latest question. */
  question: number
  /** Questions without an answer. */
  owed: number
  follower?: Follower<User>
}

export class Followed<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  readonly #topics: Topics
  readonly #entries = new Map<string, Entry<User>>()

  constructor(context: Context<User>, line: Line<User>, topics: Topics) {
    this.#context = context
    this.#line = line
    this.#topics = topics
  }

  async follow(topic: string, from: Position | undefined): Promise<void> {
    const entry = this.#entries.get(topic) ?? { question: 0, owed: 0 }
    if (!entry.question && this.#entries.size >= this.#context.limits.followed)
      return this.#line.send({ type: 'notFollowing', topic, why: 'too-many' })
    this.#entries.set(topic, entry)
    const question = ++entry.question
    if (entry.owed++) {
      // Its answer would be taken for this one's.
      entry.follower?.stop()
      if (entry.owed > QUESTIONS) return this.#flood(topic)
    }
    const why = await this.#whyNot(topic)
    if (this.#entries.get(topic) !== entry || entry.question !== question) return
    if (why !== undefined) {
      this.#answer(entry, { type: 'notFollowing', topic, why })
      return this.unfollow(topic)
    }
    const before = entry.follower
    entry.follower = new Follower(this.#context, this.#line, this.#topics, topic, (position, isContinued) =>
      this.#answer(entry, { type: 'following', topic, position, isContinued }),
    )
    before?.stop()
    return entry.follower.start(from)
  }

  unfollow(topic: string): void {
    const entry = this.#entries.get(topic)
    this.#entries.delete(topic)
    entry?.follower?.stop()
  }

  close(): void {
    for (const topic of [...this.#entries.keys()]) this.unfollow(topic)
  }

  /** Once for each question; and once unasked where continuity is lost on the way. */
  #answer(entry: Entry<User>, frame: ServerFrame): void {
    const times = Math.max(1, entry.owed)
    entry.owed = 0
    for (let i = 0; i < times; i++) this.#line.send(frame)
  }

  #flood(topic: string): void {
    this.#line.trouble('FLOOD', `${QUESTIONS} questions about "${topic}" came before one was answered.`)
    this.#line.close(1008, 'too many questions about one topic')
  }

  async #whyNot(topic: string): Promise<string | undefined> {
    const { canFollow } = this.#context.handlers
    try {
      return !canFollow || (await canFollow({ ...this.#line.sender, topic })) ? undefined : 'not-allowed'
    } catch (thrown) {
      if (thrown instanceof Refusal) return thrown.why
      this.#line.trouble('HANDLER_FAILED', 'canFollow threw what is no Refusal.', thrown)
      return 'failed'
    }
  }
}
