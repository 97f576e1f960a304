/**
 * Owns what the panel says, in English, and what a language must have; Chinese is words-zh.ts. Names of the library's own
 * (states, options, faults) stay as they are in code. Must never decide what is said when.
 */

import type { FaultName } from '../breaks/fault.ts'
import type { KeptWords } from './kept/words.ts'

export const english = {
  name: 'WebSocket developer tools',
  open: 'Open the WebSocket developer tools',
  close: 'Close',
  language: '中文',
  client: 'Client',
  noClient: 'No client yet. One appears as soon as it is made, in a development build.',
  tabs: 'Views',
  now: 'Now',
  timeline: 'Timeline',
  frames: 'Frames',
  queue: 'Queue',
  outbox: 'Outbox',
  requests: 'Requests',
  streams: 'Streams',
  options: 'Options',
  break: 'Break it',
  record: 'Record',
  chart: 'The chart of phases; the living one is lit',
  next: 'Next',
  nothingWrong: 'Nothing is wrong.',
  circuit: 'Circuit',
  failures: '{0} of {1} failures',
  halfOpens: 'half-opens in {0}',
  retries: 'Retries',
  of: '{0} of {1}',
  lastClose: 'Last close',
  roundTrip: 'Round trip',
  uptime: 'Connected for',
  messages: 'Messages',
  inOut: '{0} in, {1} out',
  buffered: 'Platform buffer',
  address: 'Address',
  version: 'Package',
  in: 'in {0}',
  due: 'now',
  perSecond: '/s',
  state: 'State',
  received: 'In',
  sent: 'Out',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  earlier: 'Earlier',
  live: 'Live',
  lanes: 'State, circuit, round trips and messages over time. Drag to pick a span; plus and minus zoom, arrows move.',
  span: 'Frames from {0}',
  clearSpan: 'Clear the span',
  filter: 'Filter text',
  direction: 'Direction',
  both: 'Both',
  heartbeats: 'Heartbeats',
  follow: 'Follow',
  older: '{0} older ones dropped',
  none: 'No message fits.',
  chars: '{0} characters',
  bytes: '{0} bytes',
  after: '{0} after the one before',
  pick: 'Pick a message to see it whole.',
  binary: 'binary',
  waiting: 'Waiting',
  limit: 'of {0}',
  dropped: 'Dropped',
  noQueue: 'There is no queue: what cannot go now is dropped.',
  recent: 'Queue over the last minutes',
  schedule: 'When it would try again, without a connection',
  gaveUp: 'gives up',
  opens: 'circuit opens',
  copyCode: 'Copy as code',
  reset: 'Reset',
  copied: 'Copied',
  changed: '{0} changed',
  once: 'Once',
  lasting: 'Until healed',
  everyClient: 'Every client',
  heal: 'Heal',
  broken: 'Broken on purpose',
  cannotBreak: 'This client cannot be broken: it comes from a production build.',
  recorded: '{0} entries',
  secrets: 'A recording may hold secrets. Nothing has been redacted but what your redact took out. Export it?',
  yes: 'Export',
  har: 'For the network panels of browsers',
  jsonl: 'What replay() of /testing takes',
  test: 'A component test with this story',
  save: 'Save {0}',
  copyTest: 'Copy as test',
  forget: 'Forget all',
  failed: 'The panel has failed, and recording has stopped. Your page is not affected.',
  again: 'Start again',
  /** What happens when the deadline of a phase comes; of `open`, first the proof and then the ping. */
  nexts: {
    idle: 'Nothing, until connect()',
    connecting: 'Gives up this attempt',
    proof: 'Counts as a success',
    open: 'Sends a ping',
    openWithout: 'Nothing: it is open, and there are no pings',
    awaitingPong: 'Takes the line for dead',
    closing: 'Closes without the answer',
    waiting: 'Dials again',
    blocked: 'Tries once, half-open',
    suspended: 'Nothing, until the page is seen',
    failed: 'Nothing, until connect() or news of the network',
    closed: 'Nothing, until connect()',
  } as Readonly<Record<string, string>>,
  faults: {
    drop: 'The line breaks: 1006',
    close: 'The server closes with a code',
    garbage: 'A message that makes no sense',
    wake: 'The page comes back',
    silence: 'Packets vanish, nobody tells',
    refuse: 'The next attempts are refused',
    hang: 'Handshakes are never answered',
    latency: 'Everything takes longer, in order',
    lose: 'Every nth message is lost',
    offline: 'The page is told: no network',
    freeze: 'The page is told: it stands still',
  } as Readonly<Record<FaultName, string>>,
}

/** Of what comes later, English comes with it. */
export type Words = typeof english & { readonly kept?: KeptWords }
/** The plain sentences among them. */
export type TextName = { [K in keyof Words]-?: Words[K] extends string ? K : never }[keyof Words]
export type Language = 'en' | 'zh'

/** The words of a language; those that are not English come when they are asked for. */
export const wordsOf = async (language: Language): Promise<Words> =>
  language === 'zh' ? (await import('./words-zh.ts')).chinese : english

/** `{0}` and `{1}` in a sentence. */
export const fillIn = (sentence: string, ...values: (string | number)[]): string =>
  sentence.replace(/\{(\d)\}/g, (_, n) => String(values[n as unknown as number]))
