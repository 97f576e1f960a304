/**
 * Owns how messages become frames and frames messages (R35).
 * Must never let a frame pass that it cannot read: it throws, and whoever asked says INVALID_MESSAGE.
 */

import { jsonText } from './json-text.ts'
import type { WebSocketData } from './payload.ts'

/**
 * Translates between what an application says and what a WebSocket carries. Both directions are synchronous: they
 * answer at once or throw. A promise counts as a failure, because messages do not wait for one another.
 */
export interface Codec<In = any, Out = any> {
  /** Reads the `data` of a message event. */
  readonly decode: (data: any) => In
  /** Writes what `send` was given. */
  readonly encode: (message: Out) => WebSocketData
}

/** The part of a Standard Schema (version 1) that is used here; zod, valibot and arktype have it. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<{ readonly message: string }> }

/** What a schema lets through. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output']

/** What fits a schema before it transforms anything: what the other side writes, if it speaks the same language. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input']

/** No codec: messages are what the platform makes of them, and `send` takes what it can carry. */
export const raw: Codec<unknown, WebSocketData> = { decode: (data) => data, encode: (message) => message }

/**
 * Messages are JSON texts. With a schema, each one that comes in is validated and typed by it, and may be transformed;
 * what goes out is typed by its input, unless `Out` says otherwise, and not validated. A binary frame, a text that is
 * no JSON, what does not fit the schema, and a schema that answers with a promise cannot be read.
 *
 * @throws TypeError from `encode` for what JSON would lose without a word: binary data (`client.send` takes that), a
 * Map or a Set, an Error, a promise, undefined, a BigInt.
 * @throws TypeError for what is no schema.
 *
 * @example
 * const codec = json(z.object({ symbol: z.string(), price: z.number() }))
 * const trade = json<typeof tick, Order>(tick) // reads ticks, writes orders
 */
export function json<In = unknown, Out = unknown>(): Codec<In, Out>
/**
 * Messages are JSON texts. With a schema, each one that comes in is validated and typed by it, and may be transformed;
 * what goes out is typed by its input, unless `Out` says otherwise, and not validated. A binary frame, a text that is
 * no JSON, what does not fit the schema, and a schema that answers with a promise cannot be read.
 *
 * @throws TypeError from `encode` for what JSON would lose without a word: binary data (`client.send` takes that), a
 * Map or a Set, an Error, a promise, undefined, a BigInt.
 * @throws TypeError for what is no schema.
 *
 * @example
 * const codec = json(z.object({ symbol: z.string(), price: z.number() }))
 * const trade = json<typeof tick, Order>(tick) // reads ticks, writes orders
 */
export function json<Schema extends StandardSchema, Out = SchemaInput<Schema>>(
  schema: Schema,
): Codec<SchemaOutput<Schema>, Out>
/**
 * Messages are JSON texts. With a schema, each one that comes in is validated and typed by it, and may be transformed;
 * what goes out is typed by its input, unless `Out` says otherwise, and not validated. A binary frame, a text that is
 * no JSON, what does not fit the schema, and a schema that answers with a promise cannot be read.
 *
 * @throws TypeError from `encode` for what JSON would lose without a word: binary data (`client.send` takes that), a
 * Map or a Set, an Error, a promise, undefined, a BigInt.
 * @throws TypeError for what is no schema.
 *
 * @example
 * const codec = json(z.object({ symbol: z.string(), price: z.number() }))
 * const trade = json<typeof tick, Order>(tick) // reads ticks, writes orders
 */
export function json(schema?: StandardSchema): Codec {
  const rules = schema && schema['~standard']
  if (schema !== undefined && !rules) {
    throw new TypeError('WebSocketReconnect: json() takes a Standard Schema (zod 3.24, valibot 1, arktype 2 or later).')
  }
  return {
    encode: jsonText,
    decode(data) {
      if (typeof data !== 'string') throw new TypeError('json() reads text, and this frame is binary.')
      const value: unknown = JSON.parse(data)
      if (!rules) return value
      const result = rules.validate(value)
      if ('then' in result) {
        // Nobody will look at its answer, a rejection included.
        result.then(undefined, () => {})
        throw new TypeError('The schema answers with a promise, and messages do not wait.')
      }
      if (result.issues) throw Object.assign(new TypeError('The message does not fit.'), { issues: result.issues })
      return result.value
    },
  }
}
