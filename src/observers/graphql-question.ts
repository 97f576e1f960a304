/**
 * Owns what a GraphQL operation asks for, and when two of them ask the same: by what they say, however it is spelled.
 * Must never run one.
 */

import type { GraphQLDocument, OperationOptions } from '../graphql/index.ts'

/** The client is given this and not its JSON, to say no to what JSON cannot say. */
export interface Question extends OperationOptions {
  readonly query: string | GraphQLDocument
  readonly variables: any
}

/** A document may be another object on every render; what counts is its text. */
export const detailsOf = (asked: Question | null): string =>
  JSON.stringify(asked && { ...asked, query: (asked.query as any)?.loc?.source?.body || asked.query })

export const asksTheSame = (details: string, others: string): boolean =>
  details === others || keyOf(details) === keyOf(others)

/**
 * The words of GraphQL: texts, which are kept as they are, names, numbers, signs. What is no word, like white space,
 * commas and comments, says nothing.
 */
const WORD = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#.*|\w+|[^\s,]/g

/** The same for the same question. It costs a little, so it is for details that differ. */
function keyOf(details: string): string {
  const { query, operationName, ...rest } =
    JSON.parse(details, (_, value) => (Object(value) === value ? sorted(value) : value)) || {}
  const words = typeof query === 'string' && query.match(WORD)
  const filled = Object.keys(rest).filter((name) => rest[name] && Object.keys(rest[name]).length)
  return JSON.stringify([
    words ? words.filter((word) => word[0] !== '#') : query,
    operationName || null,
    filled.map((name) => [name, rest[name]]),
  ])
}

const sorted = (value: any): unknown =>
  Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, value[key]]),
      )
