/**
 * Owns how an event's data becomes the text that a store keeps. Pure.
 * Must never answer with what is no JSON: a stream could not be read past it.
 */

/** What an event was to hold is nothing that JSON can say. Whoever published it is to blame, and no store. */
export class EventDataError extends TypeError {
  override readonly cause: unknown

  constructor(cause: unknown) {
    super(`an event holds what JSON can say: ${(cause as Error)?.message ?? cause}`)
    this.name = 'EventDataError'
    this.cause = cause
  }
}

/** @throws EventDataError */
export function eventText(data: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(data === undefined ? null : data)
  } catch (thrown) {
    throw new EventDataError(thrown)
  }
  if (text === undefined) throw new EventDataError(`got a ${typeof data}`)
  return text
}
