/** Owns the processes of the bench: a fresh one for every run of every peer, and one server. Must never leave one behind. */

import { execFile, fork } from 'node:child_process'
import { nodeProgram } from './bundle.ts'

export type Values = Record<string, number | null>

export interface BenchServer {
  /** ws://127.0.0.1:PORT */
  readonly url: string
  stop(): void
}

export async function startServer(program: string): Promise<BenchServer> {
  const child = fork(program)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)))
    child.once('exit', (code) => reject(new Error(`the server of the bench ended with ${code}`)))
  })
  return { url: `ws://127.0.0.1:${port}`, stop: () => child.disconnect() }
}

/** Runs a program of bench/node/ with one peer in a new process. */
export async function runNode(program: string, adapter: string, quick: boolean, server: BenchServer): Promise<Values> {
  const file = await nodeProgram(program, adapter)
  const env = { ...process.env, BENCH_SERVER: server.url, BENCH_QUICK: quick ? '1' : '' }
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ['--expose-gc', file], { env, timeout: 180_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} with ${adapter}: ${stderr || error.message}`))
      else resolve(stdout)
    })
  })
  return JSON.parse(output.trim().split('\n').pop() ?? '') as Values
}
