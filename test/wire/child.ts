/**
 * Owns Node processes for tests: what kills, stops or fills a process is tried in one of its own. A script from
 * children/ is bundled with the engine and run; both sides talk in messages. Must never leave a process behind.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { onTestFinished } from 'vitest'

/** A message of a child: what it is about, and what came with it. */
export interface Note {
  readonly about: string
  readonly [key: string]: unknown
}

export interface Child {
  readonly process: ChildProcess
  /** Everything it has said. */
  readonly notes: Note[]
  tell(what: string): void
  /** Resolves with the next note about something, now or when it comes. */
  hear(about: string): Promise<Note>
  /** Resolves with how it ended and what it wrote to stderr. */
  readonly ended: Promise<{ code: number | null; complaints: string }>
}

export function run(script: string, args: string[], flags: string[] = []): Child {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const outfile = join(folder, 'child.cjs')
  buildSync({
    entryPoints: [new URL(`children/${script}.ts`, import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // The engine asks for either of two names of its own file, and means to be told that one is missing.
    logOverride: { 'empty-import-meta': 'silent' },
    logLevel: 'error',
  })
  const child = fork(outfile, args, {
    execArgv: ['--experimental-websocket', '--no-warnings', ...flags],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const notes: Note[] = []
  let news: (() => void)[] = []
  let complaints = ''
  child.stderr?.on('data', (text) => {
    complaints += text
  })
  child.on('message', (note) => {
    notes.push(note as Note)
    for (const wake of news) wake()
    news = []
  })
  const ended = new Promise<{ code: number | null; complaints: string }>((resolve) => {
    child.on('close', (code) => {
      rmSync(folder, { recursive: true, force: true })
      resolve({ code, complaints })
      for (const wake of news) wake()
    })
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const heard = new Set<Note>()
  return {
    process: child,
    notes,
    ended,
    tell: (what) => child.send(what),
    hear: async (about) => {
      for (;;) {
        const note = notes.find((each) => each.about === about && !heard.has(each))
        if (note) {
          heard.add(note)
          return note
        }
        if (child.exitCode !== null || child.signalCode)
          throw new Error(`the child ended without "${about}": ${complaints}`)
        await new Promise<void>((resolve) => news.push(resolve))
      }
    },
  }
}
