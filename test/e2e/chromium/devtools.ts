/**
 * Owns a Chromium driven by nothing but the DevTools protocol. Playwright keeps every page focused and switches the
 * back/forward cache off, so tabs that hide, freeze or are put away need this. Must never leave a browser behind.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { findChromium, quietly } from '../../../scripts/chromium.ts'

type Params = Record<string, unknown>

interface Answer {
  resolve(result: never): void
  reject(error: Error): void
}

export class Chromium {
  readonly #process: ChildProcess
  readonly #profile: string
  #socket!: WebSocket
  #calls = 0
  readonly #answers = new Map<number, Answer>()

  private constructor(flags: readonly string[]) {
    this.#profile = mkdtempSync(join(tmpdir(), 'chromium-'))
    this.#process = spawn(
      findChromium(),
      [
        '--headless=new',
        '--remote-debugging-port=0',
        `--user-data-dir=${this.#profile}`,
        ...quietly,
        ...flags,
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
  }

  static async launch(flags: readonly string[] = []): Promise<Chromium> {
    const browser = new Chromium(flags)
    const lines = createInterface({ input: browser.#process.stderr as NodeJS.ReadableStream })
    const address = await new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        const found = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
        if (found) resolve(found)
      })
      browser.#process.on('exit', () => reject(new Error('Chromium ended before it could be driven')))
    })
    const socket = new WebSocket(address)
    browser.#socket = socket
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    socket.on('message', (data) => browser.#hear(JSON.parse(String(data))))
    return browser
  }

  /** A tab in front; the one that was in front goes into the background. */
  async open(url: string): Promise<Tab> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
    const tab = new Tab(this, targetId, sessionId)
    await tab.visit(url)
    return tab
  }

  send<T = unknown>(method: string, params: Params = {}, sessionId?: string): Promise<T> {
    const id = ++this.#calls
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
    return new Promise<T>((resolve, reject) => this.#answers.set(id, { resolve, reject }))
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.on('exit', resolve))
    // Asked politely it takes its helpers along, which would write to the profile otherwise.
    this.send('Browser.close').catch(() => {})
    const impatience = setTimeout(() => this.#process.kill('SIGKILL'), 5000)
    await gone
    clearTimeout(impatience)
    this.#socket.terminate()
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  /** It dies, and is asked nothing. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.on('exit', resolve))
    this.#process.kill('SIGKILL')
    await gone
    this.#socket.terminate()
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  #hear({ id, result, error }: { id?: number; result?: unknown; error?: { message: string } }): void {
    const answer = id === undefined ? undefined : this.#answers.get(id)
    if (!answer) return
    this.#answers.delete(id as number)
    if (error) answer.reject(new Error(error.message))
    else answer.resolve(result as never)
  }
}

export class Tab {
  readonly #browser: Chromium
  readonly #target: string
  readonly #session: string

  constructor(browser: Chromium, target: string, session: string) {
    this.#browser = browser
    this.#target = target
    this.#session = session
  }

  send<T = unknown>(method: string, params: Params = {}): Promise<T> {
    return this.#browser.send<T>(method, params, this.#session)
  }

  /** Runs an expression in the page and returns its value, awaited. */
  async run<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send<{
      result: { value: T }
      exceptionDetails?: { text: string; exception?: { description?: string } }
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  /** Goes to a page, and resolves once it has run its scripts. */
  async visit(url: string): Promise<void> {
    await this.send('Page.enable')
    await this.send('Page.navigate', { url })
    await this.arrived(url)
  }

  /** Resolves once this address is shown and loaded; between two pages there is nobody to ask. */
  async arrived(url: string): Promise<void> {
    for (;;) {
      const there = await this.run<boolean>(
        `location.href === ${JSON.stringify(url)} && (document.readyState === 'complete' || new Promise((done) => addEventListener('load', () => done(true))))`,
      ).catch(() => false)
      if (there) return
    }
  }

  /** Brings the tab to the front. */
  async show(): Promise<void> {
    await this.#browser.send('Target.activateTarget', { targetId: this.#target })
  }

  async close(): Promise<void> {
    await this.#browser.send('Target.closeTarget', { targetId: this.#target })
  }
}
