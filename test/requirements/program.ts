/**
 * Owns running a program made of the requirement's snippets against the packed package, in a Node of its own: what it
 * prints, what it is asked, how it ends. Only the import line and the address are changed.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

export type Format = 'cjs' | 'esm'

/** The Node that runs the snippets; `npm run test:node14` sets another one. */
const node = process.env.SNIPPET_NODE || process.execPath

const theirImport = "const { WebSocketReconnect } = require('./scripts/websocket-reconnect.js');\n"
const theirAddress = /wss:\/\/(?:api|chat)\.example\.com/g
const ourImport: Record<Format, string> = {
  cjs: "const { WebSocketReconnect } = require('react-websocket-reconnect/core');\n",
  esm: "import { WebSocketReconnect } from 'react-websocket-reconnect/core';\n",
}

/** Lets the test look around inside the snippet's own scope. Not part of what is tested. */
const peephole = `
process.on('message', ({ id, ask }) => {
  if (ask === undefined) return
  Promise.resolve().then(() => eval(ask)).then((answer) => process.send({ id, answer }), (e) => process.send({ id, failure: e.stack }))
})
process.send({ id: 0, answer: null })
`

let count = 0

/** A running program. */
export class Program {
  #output = ''
  #asked = 0
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()
  readonly #answers = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  readonly #ready: Promise<unknown>
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>

  constructor(file: string, cwd: string) {
    this.#child = fork(file, {
      cwd,
      execPath: node,
      execArgv: ['--require', join(import.meta.dirname, 'still-clock.cjs'), '--unhandled-rejections=strict'],
      silent: true,
    })
    const hear = (chunk: Buffer) => {
      this.#output += chunk
      for (const look of this.#waiting) look()
    }
    this.#child.stdout?.on('data', hear)
    this.#child.stderr?.on('data', hear)
    this.ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.on('message', ({ id, answer, failure }: { id: number; answer?: unknown; failure?: string }) => {
      const asked = this.#answers.get(id)
      if (failure === undefined) asked?.resolve(answer)
      else asked?.reject(new Error(failure))
    })
    // Answer 0 says that the program has run to its last line; what is sent earlier may find nobody listening.
    this.#ready = this.#answer(0)
    this.#ready.catch(() => {})
    this.ended.then(() => {
      const gone = new Error(`the program has ended; it printed:\n${this.#output}`)
      for (const asked of this.#answers.values()) asked.reject(gone)
    })
  }

  /** Everything printed so far, both streams. */
  get output(): string {
    return this.#output
  }

  /** Resolves once the output holds `text`, at or after the place where the last `printed` found its own. */
  printed(text: string | RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found =
          typeof text === 'string' ? (this.#output.includes(text) ? text : undefined) : text.exec(this.#output)?.[0]
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
      this.ended.then(() => {
        look()
        reject(new Error(`the program ended without printing ${text}; it printed:\n${this.#output}`))
      })
    })
  }

  /** Evaluates an expression where the snippet's variables are in scope. */
  ask<T = unknown>(expression: string): Promise<T> {
    return this.#send({ ask: expression }) as Promise<T>
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.#send({ advance: ms })
  }

  /** Lets just enough time pass for the next retry to be dialled: `retryAt` is rounded to a whole millisecond. */
  async advanceToRetry(name = 'ws'): Promise<void> {
    await this.advance((await this.ask<number>(`${name}.getStats().retryAt - Date.now()`)) + 1)
  }

  /** Takes away the channel that keeps it alive; it must now end by itself. */
  async end(): Promise<number | null> {
    this.#child.disconnect()
    return this.ended
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #send(order: { ask: string } | { advance: number }): Promise<unknown> {
    await this.#ready
    const id = ++this.#asked
    const answer = this.#answer(id)
    this.#child.send({ id, ...order })
    return answer
  }

  #answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }))
  }
}

/** Writes the snippets into a file of the given format and starts it. `address` is `ws://host:port`. */
export function start(format: Format, address: string, ...snippets: string[]): Program {
  const folder = inject('installation')
  const body = snippets.join('\n').replaceAll(theirImport, '').replace(theirAddress, address)
  const file = join(folder, `snippet-${++count}-${process.pid}.${format === 'cjs' ? 'cjs' : 'mjs'}`)
  writeFileSync(file, ourImport[format] + body + peephole)
  return new Program(file, folder)
}
