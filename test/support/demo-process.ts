/**
 * Owns the demo as a process of its own, started as a person starts it. Must never leave one behind, nor wait for time
 * to pass.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface DemoProcess {
  url: string
  port: number
  /** Everything it has printed. */
  output: () => string
  /** Ends the process and all it started; resolves when it has. */
  kill: (signal: 'SIGKILL' | 'SIGTERM') => Promise<{ code: number | null; signal: string | null }>
}

const started = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of started) end(child, 'SIGKILL')
})

/** Builds the demo as a person would, whatever this process calls its environment. */
export async function buildDemo(): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = spawn('npm', ['run', 'demo:build'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part))
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  if (code !== 0) throw new Error(`"npm run demo:build" ended with code ${code}:\n${output}`)
}

/**
 * Starts the demo as a person would, with `npm run demo`, or as it was built with `npm run demo:serve`, and resolves when it
 * has said where it is.
 */
export function startDemoProcess(
  env: Record<string, string>,
  command: 'demo' | 'demo:serve' = 'demo',
): Promise<DemoProcess> {
  const child = spawn('npm', ['run', command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that a signal reaches npm, its shell and Node alike.
    detached: true,
  })
  started.add(child)
  let output = ''
  const over = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => {
      started.delete(child)
      resolve({ code, signal })
    })
  })
  return new Promise((resolve, reject) => {
    const hear = (part: Buffer) => {
      output += part
      const url = /A chat that you can break:\s+(\S+)/.exec(output)?.[1]
      if (!url) return
      resolve({
        url,
        port: Number(new URL(url).port),
        output: () => output,
        kill(signal) {
          end(child, signal)
          return over
        },
      })
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('error', reject)
    over.then(({ code }) => reject(new Error(`The demo ended with code ${code} before it was ready:\n${output}`)))
  })
}

function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): void {
  try {
    process.kill(-(child.pid as number), signal)
  } catch {
    child.kill(signal)
  }
}
