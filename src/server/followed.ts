/**
 * Owns which topics one connection follows, and who may.
 * Must never answer twice for one topic: of several questions the latest counts.
 */

import type { Position } from '../session/frames.ts'
import type { Context, Line } from './context.ts'
import { Follower } from './follower.ts'
import type { Topics } from './topics.ts'
import { Refusal } from './verdicts.ts'

export class Followed<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  readonly #topics: Topics
  readonly #followers = new Map<string, Follower<User>>()

  constructor(context: Context<User>, line: Line<User>, topics: Topics) {
    this.#context = context
    this.#line = line
    this.#topics = topics
  }

  async follow(topic: string, from: Position | undefined): Promise<void> {
    this.unfollow(topic)
    const { followed } = this.#context.limits
    if (this.#followers.size >= followed) return this.#refuse(topic, 'too-many')
    const follower = new Follower(this.#context, this.#line, this.#topics, topic)
    this.#followers.set(topic, follower)
    const why = await this.#whyNot(topic)
    if (this.#followers.get(topic) !== follower) return
    if (why === undefined) return follower.start(from)
    this.unfollow(topic)
    this.#refuse(topic, why)
  }

  unfollow(topic: string): void {
    const follower = this.#followers.get(topic)
    this.#followers.delete(topic)
    follower?.stop()
  }

  close(): void {
    for (const topic of [...this.#followers.keys()]) this.unfollow(topic)
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

  #refuse(topic: string, why: string): void {
    this.#line.send({ type: 'notFollowing', topic, why })
  }
}
