/**
 * Owns requests: one run of the handler for each, its answer, its cancellation (S9).
 * Must never run a request twice that nobody called idempotent, nor tell a client what a handler threw by accident.
 */

import type { ServerFrame } from '../session/frames.ts'
import type { Context, Line } from './context.ts'
import { newAbortController } from './platform.ts'
import { Refusal } from './verdicts.ts'

/** Replies kept per client. */
const REPLIES = 64
/** Clients whose replies are kept: those that asked last. */
const CLIENTS = 10_000

type Answer =
  | { readonly type: 'reply'; readonly data: unknown }
  | { readonly type: 'failure'; readonly reason: unknown }

interface Kept {
  /** Ids are the client's, and two of its pages might choose the same. */
  readonly question: string
  readonly answer: Promise<Answer>
}

/** The answers to idempotent requests, of all clients of a server; a repeat joins the first while that still runs. */
export class KeptAnswers {
  readonly #clients = new Map<string, Map<number, Kept>>()

  find(key: string, id: number, question: string): Promise<Answer> | undefined {
    const kept = this.#clients.get(key)?.get(id)
    return kept?.question === question ? kept.answer : undefined
  }

  keep(key: string, id: number, kept: Kept): void {
    const answers = this.#clients.get(key) ?? new Map<number, Kept>()
    this.#clients.delete(key)
    this.#clients.set(key, answers)
    answers.delete(id)
    answers.set(id, kept)
    for (const [oldest] of answers) {
      if (answers.size <= REPLIES) break
      answers.delete(oldest)
    }
    for (const [oldest] of this.#clients) {
      if (this.#clients.size <= CLIENTS) break
      this.#clients.delete(oldest)
    }
  }
}

export class Answers<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  readonly #kept: KeptAnswers
  /** In work; an idempotent one is not aborted, somebody may come back for it. */
  readonly #pending = new Map<number, AbortController | undefined>()
  /** Asked although too many were in work. */
  #strikes = 0

  constructor(context: Context<User>, line: Line<User>, kept: KeptAnswers) {
    this.#context = context
    this.#line = line
    this.#kept = kept
  }

  ask(id: number, data: unknown, isIdempotent: boolean): void {
    if (this.#pending.has(id)) return
    const { requests } = this.#context.limits
    if (this.#pending.size >= requests) {
      this.#line.send({ type: 'failure', id, reason: 'busy' })
      if (++this.#strikes <= requests) return
      this.#line.trouble('FLOOD', `${this.#strikes} requests came while ${requests} were in work.`)
      this.#line.close(1008, 'too many requests')
      return
    }
    this.#strikes = 0
    const controller = isIdempotent ? undefined : newAbortController()
    this.#pending.set(id, controller)
    const answer = isIdempotent ? this.#once(id, data) : this.#run(data, controller)
    void answer.then((is) => {
      // A cancelled one has nobody to answer, and its id may be another's by now.
      if (this.#pending.get(id) !== controller || !this.#pending.delete(id)) return
      this.#reply({ ...is, id })
    })
  }

  cancel(id: number): void {
    const controller = this.#pending.get(id)
    this.#pending.delete(id)
    controller?.abort()
  }

  close(): void {
    const controllers = [...this.#pending.values()]
    this.#pending.clear()
    for (const controller of controllers) controller?.abort()
  }

  #once(id: number, data: unknown): Promise<Answer> {
    const question = String(JSON.stringify(data))
    const known = this.#kept.find(this.#line.key, id, question)
    if (known) return known
    const answer = this.#run(data, newAbortController())
    this.#kept.keep(this.#line.key, id, { question, answer })
    return answer
  }

  /** Never rejects. */
  async #run(data: unknown, controller: AbortController | undefined): Promise<Answer> {
    const { onRequest } = this.#context.handlers
    if (!onRequest) return { type: 'failure', reason: 'not-supported' }
    try {
      const signal = controller?.signal as AbortSignal
      return { type: 'reply', data: await onRequest({ ...this.#line.sender, data, signal }) }
    } catch (thrown) {
      if (thrown instanceof Refusal) return { type: 'failure', reason: thrown.why }
      if (!controller?.signal.aborted)
        this.#line.trouble('HANDLER_FAILED', 'onRequest threw what is no Refusal.', thrown)
      return { type: 'failure', reason: 'failed' }
    }
  }

  #reply(frame: ServerFrame & { readonly id: number }): void {
    try {
      this.#line.send(frame)
    } catch (thrown) {
      this.#line.trouble('HANDLER_FAILED', 'onRequest answered what the framing cannot write.', thrown)
      this.#line.send({ type: 'failure', id: frame.id, reason: 'failed' })
    }
  }
}
