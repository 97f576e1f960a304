/**
 * Owns what is said of outboxes, requests and streams, in English: it comes with their views. Must never say what the rest of the
 * panel says as well.
 */

import type { Words } from '../words.ts'

const english = {
  number: 'No.',
  status: 'Status',
  size: 'Size',
  age: 'Age',
  message: 'Message',
  bytesOf: 'Bytes',
  underWay: 'Under way',
  outboxName: 'Name',
  drainedBy: 'Drained by',
  thisTab: 'this tab',
  otherTab: 'another tab',
  noTab: 'nobody without a connection',
  kept: 'Kept',
  untilAcked: 'outlives the page',
  untilReload: 'until the page goes',
  ackedTo: 'Acknowledged to',
  sentTo: 'Sent to',
  nextNumber: 'Next number',
  paused: 'It pauses, and goes on in {0}.',
  nothingWaits: 'Nothing waits to be acknowledged.',
  retry: 'Retry',
  discard: 'Discard',
  left: 'Left',
  asked: '{0} under way, {1} asked in all.',
  topic: 'Topic',
  position: 'Position',
  epoch: 'Epoch',
  readers: 'Readers',
  liveOf: '{0} of {1} live.',
  /** What becomes of a message on its way, where that is not the status's own name. */
  deliveries: { stored: 'waiting' } as Readonly<Record<string, string>>,
  /** How far a reader of a topic is, likewise. */
  followings: { waiting: 'not connected', 'catching-up': 'catching up' } as Readonly<Record<string, string>>,
}

export type KeptWords = typeof english

/** Chinese comes with the rest of the Chinese. */
export const keptWordsOf = ({ kept = english }: Words): KeptWords => kept
