/** Owns every word of the page of examples, in both languages. Must never hold code that a visitor is shown. */

import type { ConnectionStatus } from '../../hooks/index.ts'
import { useWords, type Words } from '../client/language.ts'
import { zh } from './words-zh.ts'

const line: Record<ConnectionStatus, string> = {
  ...{ idle: 'Not connected', connecting: 'Connecting', open: 'Connected', waiting: 'Lost, trying again' },
  ...{ blocked: 'Lost, pausing', closing: 'Closing', closed: 'Closed', failed: 'Given up' },
}

const number = new Intl.NumberFormat('en')

const en = {
  title: 'Examples',
  intro: 'Six things to do with react-websocket-reconnect, each running here, each with the code that does it.',
  chat: 'The chat',
  language: '中文',
  contents: 'Examples on this page',
  cut: 'Cut every connection',
  cutNote: 'The server drops all sockets of this page’s visitors, without a word. See each of them come back.',
  cutDone: (count: number) => (count === 1 ? '1 connection was cut.' : `${count} connections were cut.`),
  cutFailed: 'The server did not answer.',
  source: 'Source',
  copy: 'Copy',
  copied: 'Copied',
  notRun: 'This one runs in your tests, and in ours.',
  line,
  ticker: {
    title: 'A ticker with 1,000 rows',
    what: 'Each row hears one topic. The server is asked for what is on the page, in one message, and again after each reconnect.',
    perSecond: (rate: number) => `${number.format(rate)} a second`,
    pause: 'Pause',
    rows: (rows: number) => `Show ${number.format(rows)} rows`,
    received: 'Messages received:',
    missing: 'missing, as the server counts:',
    list: 'Prices',
    columns: ['Topic', 'Price', 'Messages'],
  },
  two: {
    title: 'Two sockets',
    what: 'A set of hooks per socket, with its own types. Close the second one: the first does not notice.',
    load: (cpu: number, megabytes: number, visitors: number) =>
      `The server uses ${cpu} % of a core and ${megabytes} MB; ${visitors} on this socket.`,
    speak: 'Say something',
    close: 'Close the second',
    open: 'Open the second',
  },
  factors: {
    title: 'Question and answer',
    what: 'A number’s prime factors, from a server that repeats an id. While the line is down a question waits for it.',
    number: 'Number',
    ask: 'Ask',
    waiting: 'waiting for the answer …',
    errors: (code: string) =>
      code === 'REFUSED' ? 'The server takes whole numbers from 2 to a trillion.' : `No answer: ${code}.`,
  },
  list: {
    title: 'An optimistic list',
    what: 'It shows at once what you add, keeps it while the line or the server is down, and gets it there once. Over 30 characters the server refuses. All visitors share it.',
    item: 'Something to bring',
    add: 'Add',
    waiting: 'on its way',
    refused: 'refused: at most 30 characters',
    discard: 'Discard',
  },
  votes: {
    title: 'GraphQL',
    what: 'A subscription and mutations on one connection, against graphql-ws. Vote in two tabs.',
    tea: 'Tea',
    coffee: 'Coffee',
    share: 'Share of tea',
    failed: 'The subscription failed.',
  },
  test: {
    title: 'A component test',
    what: 'The question and answer above, in a virtual world: no server, and time passes when the test says so.',
  },
}

export type Say = typeof en

const words: Words<Say> = { en, zh }

export const useSay = (): Say => useWords(words)
