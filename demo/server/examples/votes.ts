/** Owns a poll over GraphQL, served by graphql-ws: a mutation that votes, and a subscription that tells all how it stands. */

import { EventEmitter, on } from 'node:events'
import { buildSchema } from 'graphql'
import { useServer as attach } from 'graphql-ws/use/ws'
import type { WebSocketServer } from 'ws'

const schema = buildSchema(`
  enum Drink { TEA COFFEE }
  type Votes { tea: Int!, coffee: Int! }
  type Query { votes: Votes! }
  type Mutation { vote(for: Drink!): Votes! }
  type Subscription { votes: Votes! }
`)

export function serveVotes(server: WebSocketServer): void {
  const votes = { tea: 0, coffee: 0 }
  const news = new EventEmitter()
  news.setMaxListeners(0)
  const roots = {
    query: { votes: () => votes },
    mutation: {
      vote(question: { for: 'TEA' | 'COFFEE' }) {
        votes[question.for === 'TEA' ? 'tea' : 'coffee']++
        news.emit('vote')
        return votes
      },
    },
    subscription: { votes: () => standings(news, () => ({ votes })) },
  }
  attach({ schema, roots }, server)
}

/** How it stands now, and after each vote. A generator would listen on until the next vote when nobody does any more. */
function standings<T>(news: EventEmitter, now: () => T): AsyncIterableIterator<T> {
  const later = on(news, 'vote')
  let isFirst = true
  return {
    async next() {
      const isOver = !isFirst && (await later.next()).done
      isFirst = false
      return isOver ? { done: true, value: undefined } : { done: false, value: now() }
    },
    async return() {
      await later.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
