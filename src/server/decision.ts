/**
 * Owns what a handler may answer to a numbered message, and the user's own write as a store takes it.
 * Must never blame the store for what a handler threw.
 */

import type { Decision } from './context.ts'
import { EventDataError } from './event-text.ts'
import type { Commit, Publication } from './session-store.ts'
import { Refusal, Wait } from './verdicts.ts'

/** What `write` threw by accident, so that the operator is told whose mistake it was. */
export class WriteError extends Error {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('write threw what is neither Refusal nor Wait')
    this.thrown = thrown
  }
}

/** What a commit rejects with although its store is well. */
export const isHandlers = (thrown: unknown): boolean =>
  thrown instanceof Wait || thrown instanceof WriteError || thrown instanceof EventDataError

export function isDecision(answer: unknown): answer is Decision | undefined {
  const { publish = [], write } = (answer || {}) as Decision
  const isList = Array.isArray(publish) && publish.every((one?: Publication) => typeof one?.topic === 'string')
  return isList && (!write || typeof write === 'function')
}

/** @throws WriteError, Wait */
export function guarded(write: Decision['write']): Commit['write'] {
  return (
    write &&
    ((database) => {
      try {
        const answer = write(database) as Promise<unknown> | undefined
        if (typeof answer?.then !== 'function') return undefined
        answer.then(undefined, () => {})
        throw new TypeError('write() must be synchronous: a transaction cannot wait.')
      } catch (thrown) {
        if (thrown instanceof Refusal) return thrown.why
        throw thrown instanceof Wait ? thrown : new WriteError(thrown)
      }
    })
  )
}
