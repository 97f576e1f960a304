/**
 * Owns a real redis-server for tests: a process of our own on a port of its own, with a folder that goes when it goes. Must never
 * speak to one that happens to run.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class RedisServer {
  port = 0
  readonly folder = mkdtempSync(join(tmpdir(), 'session-redis-'))
  readonly #flags: readonly string[]
  #process: ChildProcess | undefined

  /** Writes every command to its log before it answers, unless `flags` say otherwise. */
  constructor(...flags: string[]) {
    this.#flags = flags
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<this> {
    this.port = this.port || (await freePort())
    const settings = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder, '--save', '']
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
    const child = spawn('redis-server', [...settings, ...durable, ...this.#flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = child
    // Also where a run is broken off.
    process.once('exit', () => child.kill('SIGKILL'))
    await new Promise<void>((resolve, reject) => {
      let output = ''
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT'
            ? new Error('redis-server is not installed. On Debian: apt-get install -y redis-server')
            : error,
        ),
      )
      child.once('exit', (status) => reject(new Error(`redis-server ended with ${status}:\n${output}`)))
      child.stdout?.on('data', (chunk) => {
        output += chunk
        if (output.includes('Ready to accept connections')) resolve()
      })
    })
    return this
  }

  /** As a power cut would; its log stays. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** What it wrote is gone. */
  forget(): void {
    rmSync(join(this.folder, 'appendonlydir'), { recursive: true, force: true })
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
