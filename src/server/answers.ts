/**
 * Owns requests: one run of the handler for each, its answer, its cancellation (S9).
 * Must never run a request twice that nobody called idempotent, nor tell a client what a handler threw by accident.
 */

import { byteLength, type WebSocketData } from '../policy/payload.ts'
import type { Context, Line } from './context.ts'
import { newAbortController } from './platform.ts'
import { Refusal } from './verdicts.ts'

/** Replies kept per client. */
const REPLIES = 64
/** Clients whose replies are kept: those that asked last. */
const CLIENTS = 10_000
/** Of all clients, questions included. Whoever asks again for more than that is answered anew, as may be done. */
const BYTES = 64 << 20

interface Kept {
  /** Ids are the client's, and two of its pages might choose the same. */
  readonly question: string
  /** As it is sent. */
  readonly answer: Promise<WebSocketData>
  /** Of both, once there is an answer. */
  bytes: number
}

/** The answers to idempotent requests, of all clients of a server; a repeat joins the first while that still runs. */
export class KeptAnswers {
  /** Those that asked last are last. */
  readonly #clients = new Map<string, Map<number, Kept>>()
  #bytes = 0

  find(key: string, id: number, question: string): Promise<WebSocketData> | undefined {
    const kept = this.#clients.get(key)?.get(id)
    return kept?.question === question ? kept.answer : undefined
  }

  keep(key: string, id: number, question: string, answer: Promise<WebSocketData>): void {
    const kept = { question, answer, bytes: byteLength(question) }
    const answers = this.#clients.get(key) ?? new Map<number, Kept>()
    this.#clients.delete(key)
    this.#clients.set(key, answers)
    this.#forget(answers, id)
    answers.set(id, kept)
    this.#bytes += kept.bytes
    void answer.then((text) => {
      if (answers.get(id) !== kept) return
      const bytes = byteLength(text)
      kept.bytes += bytes
      this.#bytes += bytes
      this.#makeRoom()
    })
    if (answers.size > REPLIES) this.#forgetOldest(answers)
    this.#makeRoom()
  }

  #makeRoom(): void {
    for (const [key, answers] of this.#clients) {
      if (this.#clients.size <= CLIENTS && this.#bytes <= BYTES) return
      while (answers.size && (this.#clients.size > CLIENTS || this.#bytes > BYTES)) this.#forgetOldest(answers)
      if (!answers.size) this.#clients.delete(key)
    }
  }

  #forgetOldest(answers: Map<number, Kept>): void {
    for (const [oldest] of answers) return this.#forget(answers, oldest)
  }

  #forget(answers: Map<number, Kept>, id: number): void {
    this.#bytes -= answers.get(id)?.bytes ?? 0
    answers.delete(id)
  }
}

export class Answers<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  readonly #kept: KeptAnswers
  /** In work; an idempotent one is not aborted, somebody may come back for it. */
  readonly #pending = new Map<number, AbortController | undefined>()
  /** Whose handler has not come to an end: one that is cancelled may go on all the same. */
  #inWork = 0
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
    if (this.#inWork >= requests) {
      this.#line.send({ type: 'failure', id, reason: 'busy' })
      if (++this.#strikes <= requests) return
      this.#line.trouble('FLOOD', `${this.#strikes} requests came while ${requests} were in work.`)
      this.#line.close(1008, 'too many requests')
      return
    }
    this.#strikes = 0
    const controller = isIdempotent ? undefined : newAbortController()
    this.#pending.set(id, controller)
    this.#inWork++
    const answer = isIdempotent ? this.#once(id, data) : this.#run(id, data, controller)
    void answer.then((text) => {
      this.#inWork--
      // A cancelled one has nobody to answer, and its id may be another's by now.
      if (this.#pending.get(id) === controller && this.#pending.delete(id)) this.#line.sendText(text)
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

  #once(id: number, data: unknown): Promise<WebSocketData> {
    const question = String(JSON.stringify(data))
    const known = this.#kept.find(this.#line.key, id, question)
    if (known) return known
    const answer = this.#run(id, data, newAbortController())
    this.#kept.keep(this.#line.key, id, question, answer)
    return answer
  }

  /** Never rejects. */
  async #run(id: number, data: unknown, controller: AbortController | undefined): Promise<WebSocketData> {
    const { handlers, framing } = this.#context
    const { onRequest } = handlers
    const failure = (reason: string) => framing.write({ type: 'failure', id, reason })
    if (!onRequest) return failure('not-supported')
    let answer: unknown
    try {
      const signal = controller?.signal as AbortSignal
      answer = await onRequest({ ...this.#line.sender, data, signal })
    } catch (thrown) {
      if (thrown instanceof Refusal) return failure(thrown.why)
      if (!controller?.signal.aborted)
        this.#line.trouble('HANDLER_FAILED', 'onRequest threw what is no Refusal.', thrown)
      return failure('failed')
    }
    try {
      // A framing of JSON would leave them out, and the asker would read an answer that nobody gave.
      if (typeof answer === 'function' || typeof answer === 'symbol')
        throw new TypeError(`a ${typeof answer} cannot be sent`)
      return framing.write({ type: 'reply', id, data: answer })
    } catch (thrown) {
      this.#line.trouble('HANDLER_FAILED', 'onRequest answered what the framing cannot write.', thrown)
      return failure('failed')
    }
  }
}
