/** Owns nothing but the names of what is loaded once a page has a session, or asks a request. */

export { makeOutbox } from './outbox.ts'
export { makeRequests } from './requests.ts'
export { makeStreams } from './streams.ts'
