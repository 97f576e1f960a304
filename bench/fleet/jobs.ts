/**
 * Owns the doing of many things at once: each job in a process of its own, as many at a time as there are cores
 * (SIMULATE_JOBS changes that). What goes in and comes out is JSON. Must never decide what is measured.
 */

import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { argv, env, execPath } from 'node:process'

/** What a child was asked to do, or undefined in the parent. */
export function assignment(): unknown {
  const at = argv.indexOf('--job')
  return at < 0 ? undefined : JSON.parse(argv[at + 1] as string)
}

/** How a child answers. */
export const answer = (result: unknown): unknown => process.stdout.write(JSON.stringify(result))

function perform<Result>(job: unknown, megabytes: number): Promise<Result> {
  const flags = [`--max-old-space-size=${megabytes}`, '--max-semi-space-size=256', '--stack-trace-limit=0']
  return new Promise((resolve, reject) => {
    const args = [...flags, 'scripts/run.mjs', argv[1] as string, '--job', JSON.stringify(job)]
    const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`${JSON.stringify(job)} ended with code ${code}`))
    })
  })
}

/** Begins the jobs in their order, and answers with a promise for each. */
export function performAll<Job, Result>(jobs: readonly Job[], megabytes: (job: Job) => number): Promise<Result>[] {
  const waiting = jobs.map((job) => {
    let begin = () => {}
    const turn = new Promise<void>((resolve) => {
      begin = resolve
    })
    return { begin, result: turn.then(() => perform<Result>(job, megabytes(job))) }
  })
  let next = 0
  const proceed = (): void => {
    const job = waiting[next++]
    if (!job) return
    job.begin()
    job.result.then(proceed, proceed)
  }
  for (let lane = Number(env.SIMULATE_JOBS) || availableParallelism(); lane > 0; lane--) proceed()
  return waiting.map(({ result }) => result)
}
