/** Owns the processes of this bench. Must never leave one behind: each ends when its channel does. */

import { type ChildProcess, fork } from 'node:child_process'

export interface Part {
  /** What it said first: where it listens, or what it found. */
  readonly first: number
  ask<T>(question: string): Promise<T>
  kill(): Promise<void>
}

/** Starts `bench/session/PROGRAM.ts`. */
export async function start(program: string, env: Record<string, string>): Promise<Part> {
  const child = fork('scripts/run.mjs', [`bench/session/${program}.ts`], {
    env: { ...process.env, ...env },
    execArgv: ['--expose-gc'],
  })
  return {
    first: (await hear(child)) as number,
    async ask<T>(question: string) {
      const answer = hear(child)
      child.send(question)
      return (await answer) as T
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

function hear(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const over = (code: number | null, signal: string | null) =>
      reject(new Error(`a process ended with ${code ?? signal}`))
    child.once('exit', over)
    child.once('message', (message) => {
      child.off('exit', over)
      resolve(message)
    })
  })
}
