/**
 * Owns the list of what is measured: for each measure its peers, its metrics, how often, and beside what.
 * A new measure is a new entry here, and a program in bench/node/ or a function of a page.
 */

import { onPage } from './browser.ts'
import { weigh } from './bundle.ts'
import { BY_HAND, OURS, type Peer, RAW, RIVAL } from './peers.ts'
import { actOnPage, receiveOnPage } from './plays.ts'
import { type BenchServer, runNode, type Values } from './processes.ts'

export interface Metric {
  readonly id: string
  readonly label: string
  readonly digits?: number
  /** A count, which has no ratio. */
  readonly isCount?: boolean
}

export interface Measure {
  readonly id: string
  readonly title: string
  readonly note?: string
  /** The peers' adapters: those of cores, of hooks, or ours alone. */
  readonly kind: 'core' | 'react' | 'ours'
  /** What ratios are to. */
  readonly reference?: string
  readonly rounds: number
  readonly metrics: readonly Metric[]
  readonly run: (peer: Peer, server: BenchServer, isQuick: boolean) => Promise<Values>
  /** What the round has found, minus what raw sockets cost. */
  readonly isBesideRaw?: boolean
}

const lost: Metric = { id: 'lost', label: 'lost', isCount: true }
const ns = (id: string, label: string): Metric => ({ id, label: `${label}, ns`, digits: 1 })

const inNode =
  (program: string): Measure['run'] =>
  ({ core }, server, isQuick) =>
    runNode(program, core ?? '', isQuick, server)

export const measures: readonly Measure[] = [
  {
    id: 'bytes',
    title: 'Bytes of an import',
    note: 'Minified and gzipped by esbuild, react apart. The React entry is the provider or hook with everything below it.',
    kind: 'core',
    rounds: 1,
    metrics: [
      { id: 'core', label: 'core, kB', digits: 2, isCount: true },
      { id: 'react', label: 'React entry, kB', digits: 2, isCount: true },
    ],
    async run({ imports }) {
      const values: Values = {}
      if (imports?.core) values.core = (await weigh(imports.core)) / 1000
      if (imports?.react) values.react = (await weigh(imports.react)) / 1000
      return values
    },
  },
  {
    id: 'dispatch',
    title: 'A message in, a message out',
    note: 'Over a fake socket whose events carry a `timeStamp`, as a browser’s do; the best batch of each process.',
    kind: 'core',
    reference: RIVAL,
    rounds: 5,
    metrics: [ns('one', 'to 1 listener'), ns('hundred', 'to 100 listeners'), ns('send', '`send` while open'), lost],
    run: inNode('dispatch'),
  },
  {
    id: 'queue',
    title: 'A message that waits',
    note: '900 messages of 100 bytes each for 300 clients that are still connecting, collecting included; the median batch of each process. Raw sockets throw.',
    kind: 'core',
    reference: RIVAL,
    rounds: 5,
    metrics: [ns('queued', '`send` into the queue'), ns('flushed', 'from the queue'), lost],
    run: (peer, ...rest) => (peer.name === RAW ? Promise.resolve({}) : inNode('queue')(peer, ...rest)),
  },
  {
    id: 'receive',
    title: 'Processor time of a received message, Node',
    note: 'A real socket, `ws` below everybody; all threads.',
    kind: 'core',
    reference: RAW,
    rounds: 5,
    metrics: [
      ns('text100', '100 B text'),
      ns('binary100', '100 B binary'),
      ns('text4k', '4 KB text'),
      ns('binary4k', '4 KB binary'),
      lost,
    ],
    run: inNode('receive'),
  },
  {
    id: 'browser',
    title: 'JavaScript of a received message, Chromium',
    note: 'A real socket; `ScriptDuration` of the DevTools protocol on the clock of the thread.',
    kind: 'core',
    reference: RAW,
    rounds: 5,
    metrics: [
      ns('text100', '100 B text'),
      ns('binary100', '100 B binary'),
      ns('text4k', '4 KB text'),
      ns('binary4k', '4 KB binary'),
    ],
    run: ({ core }, server, isQuick) =>
      onPage('core.ts', `${core}.core.ts`, server, (stage) => receiveOnPage(stage, server, isQuick)),
  },
  {
    id: 'heap',
    title: 'Heap of an idle client',
    note: '10,000 connected clients without listeners over fake sockets, 5.5 s after they opened; the sockets themselves are taken off.',
    kind: 'core',
    reference: RIVAL,
    rounds: 2,
    isBesideRaw: true,
    metrics: [{ id: 'bytes', label: 'bytes' }],
    run: inNode('heap'),
  },
  {
    id: 'connections',
    title: 'Heap of a real connection',
    note: '1,000 connections in Node, `ws` below everybody, socket included.',
    kind: 'core',
    reference: RAW,
    rounds: 2,
    metrics: [{ id: 'bytes', label: 'bytes' }],
    run: inNode('connections'),
  },
  {
    id: 'recovery',
    title: 'After an outage',
    note:
      'Virtual time, each library’s own defaults, 500 clients that send twice a second, round trips of 50 ms. Seconds from ' +
      'server back to open: the median and the last client; the share that comes within one 100 ms. Then a line that falls silent right after a pong (never: not within 10 minutes).',
    kind: 'core',
    rounds: 1,
    metrics: [
      ...[1, 10, 60].flatMap((s) => [
        { id: `median${s}`, label: `${s} s out: median`, digits: 1, isCount: true },
        { id: `last${s}`, label: 'last', digits: 1, isCount: true },
        { id: `herd${s}`, label: 'at once, %', digits: 0, isCount: true },
      ]),
      { id: 'noticed', label: 'silence noticed after, s', digits: 1, isCount: true },
      lost,
      { id: 'twice', label: 'sent twice', isCount: true },
      { id: 'left', label: 'sockets left', isCount: true },
    ],
    run: inNode('recovery'),
  },
  {
    id: 'react',
    title: 'React in Chromium',
    note:
      'Production build. A burst of 10,000 messages from a real server into a list; one message for one of 1,000 components; ' +
      '1,000 components that show the state of one connection; 1,000 with a connection each (fake sockets). Times are the main thread’s, that of the burst is the clock’s.',
    kind: 'react',
    reference: BY_HAND,
    rounds: 5,
    metrics: [
      { id: 'burstLost', label: 'burst: lost', isCount: true },
      { id: 'burstCommits', label: 'commits', isCount: true },
      { id: 'burstMs', label: 'quiet after, ms' },
      { id: 'concernCommits', label: '1 of 1,000: commits', digits: 2, isCount: true },
      { id: 'concernRenders', label: 'renders', digits: 2, isCount: true },
      { id: 'concernMs', label: 'ms', digits: 3 },
      { id: 'usersMs', label: '1,000 users: ms', digits: 1 },
      { id: 'usersCommits', label: 'commits', isCount: true },
      { id: 'usersSockets', label: 'sockets', isCount: true },
      { id: 'ownMs', label: '1,000 own: ms', digits: 1 },
      { id: 'ownCommits', label: 'commits', isCount: true },
      { id: 'ownSockets', label: 'sockets', isCount: true },
      { id: 'left', label: 'sockets left', isCount: true },
      { id: 'errors', label: 'errors thrown into the page', isCount: true },
    ],
    run: ({ react }, server, isQuick) =>
      onPage('react.tsx', `${react}.react.tsx`, server, (stage) => actOnPage(stage, server, isQuick)),
  },
  {
    id: 'bulk',
    title: 'At an unusual size, this library alone',
    note: '20,000 listeners added and removed; 200,000 messages queued, flushed and dropped; seconds each.',
    kind: 'ours',
    rounds: 3,
    metrics: ['add', 'remove', 'queue', 'flush', 'drop']
      .map((id) => ({ id, label: `${id}, s`, digits: 3, isCount: true }))
      .concat(lost as never),
    run: inNode('bulk'),
  },
]

/** Who takes part in a measure. */
export const takesPart = (peer: Peer, { id, kind }: Measure): boolean =>
  id === 'bytes' ? !!peer.imports : kind === 'ours' ? peer.name === OURS : !!peer[kind]
