/**
 * Owns the real graphql-ws server on `ws`, with a schema the tests can play on: it can go away and come back on the
 * same port. A test waits for what happens there, never for time to pass.
 */

import type { AddressInfo } from 'node:net'
import { buildSchema } from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import { useServer as attach } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'

const schema = buildSchema(`
  type Query { hello(name: String): String!, broken: String }
  type Mutation { say(text: String!): Int! }
  type Subscription { said: String!, count(to: Int!): Int!, refused: String! }
`)

/** Things that happen; a test asks for the next one of a kind, past or to come. */
export class Journal {
  readonly #events: { kind: string; value: unknown }[] = []
  #look: (() => void)[] = []

  add(kind: string, value?: unknown): void {
    this.#events.push({ kind, value })
    for (const look of this.#look.splice(0)) look()
  }

  /** Takes the oldest event of this kind out of the journal, waiting for it if need be. */
  async next<T = unknown>(kind: string): Promise<T> {
    for (;;) {
      const index = this.#events.findIndex((event) => event.kind === kind)
      if (index >= 0) return this.#events.splice(index, 1)[0]?.value as T
      await new Promise<void>((resolve) => this.#look.push(resolve))
    }
  }

  /** How many of this kind have happened that nobody has asked for. */
  count(kind: string): number {
    return this.#events.filter((event) => event.kind === kind).length
  }
}

export class GraphQLTestServer {
  port = 0
  /** `init` with the params, `subscribe` with the id, `ended` with the id, `bye` with the close code. */
  readonly journal = new Journal()
  /** The ids of subscriptions that run, per connection. */
  readonly running = new Map<object, Set<string>>()
  options: Partial<ServerOptions>
  readonly #listeners = new Set<(text: string) => void>()
  #wss: WebSocketServer | undefined

  constructor(options: Partial<ServerOptions> = {}) {
    this.options = options
  }

  get address(): string {
    return `ws://127.0.0.1:${this.port}/graphql`
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#wss?.clients.size ?? 0
  }

  /** How many source streams are being listened to: what a leaked subscription would leave behind. */
  get listeners(): number {
    return this.#listeners.size
  }

  /** How many operations run, on all connections. */
  get operations(): number {
    return [...this.running.values()].reduce((sum, ids) => sum + ids.size, 0)
  }

  async open(): Promise<this> {
    const wss = new WebSocketServer({ host: '127.0.0.1', port: this.port })
    this.#wss = wss
    attach(
      {
        schema,
        roots: {
          query: {
            hello: ({ name }: { name?: string }) => `Hello ${name ?? 'world'}`,
            broken: () => {
              throw new Error('broken on purpose')
            },
          },
          mutation: {
            say: ({ text }: { text: string }) => {
              this.say(text)
              return this.#listeners.size
            },
          },
          subscription: {
            said: () => this.#said(),
            count: async function* ({ to }: { to: number }) {
              for (let count = 1; count <= to; count++) yield { count }
            },
            refused: () => {
              throw new Error('refused on purpose')
            },
          },
        },
        onConnect: ({ connectionParams }) => this.journal.add('init', connectionParams) as undefined,
        onSubscribe: (context, id) => {
          const ids = this.running.get(context) ?? new Set()
          this.running.set(context, ids.add(id))
          this.journal.add('subscribe', id)
        },
        onComplete: (context, id) => {
          this.running.get(context)?.delete(id)
          this.journal.add('ended', id)
        },
        onClose: (context, code) => {
          this.running.delete(context)
          this.journal.add('bye', code)
        },
        ...this.options,
      },
      wss,
    )
    await new Promise((resolve, reject) => wss.once('listening', resolve).once('error', reject))
    this.port = (wss.address() as AddressInfo).port
    return this
  }

  /** Publishes to everyone who subscribes to `said`. */
  say(text: string): void {
    for (const listener of [...this.#listeners]) listener(text)
  }

  /** The sockets, as `ws` has them. */
  get sockets() {
    return [...(this.#wss?.clients ?? [])]
  }

  /** Destroys every connection and stops listening, like a process that dies. */
  async crash(): Promise<void> {
    const wss = this.#wss
    this.#wss = undefined
    if (!wss) return
    for (const socket of wss.clients) socket.terminate()
    await new Promise((resolve) => wss.close(resolve))
  }

  #said(): AsyncGenerator<{ said: string }> {
    const texts: string[] = []
    let wake = () => {}
    let isOver = false
    const listener = (text: string) => {
      texts.push(text)
      wake()
    }
    const listeners = this.#listeners
    const journal = this.journal
    // Heard from now on, not from the first pull: nothing that is said meanwhile may get lost on this side.
    listeners.add(listener)
    journal.add('listening')
    const end = async () => {
      isOver = true
      listeners.delete(listener)
      journal.add('silent')
      wake()
      return { value: undefined, done: true as const }
    }
    return {
      async next() {
        while (!texts.length && !isOver) await new Promise<void>((resolve) => (wake = resolve))
        return isOver ? { value: undefined, done: true } : { value: { said: texts.shift() as string }, done: false }
      },
      return: end,
      throw: end,
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}
