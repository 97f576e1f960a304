/**
 * The hooks in a tab that nobody looks at: Chromium stops its animation frames and slows its timers, and still no message
 * is lost and the page shows the last one. Driven by the DevTools protocol alone, because Playwright keeps every page
 * in front.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { findChromium } from '../../demo/drive.ts'
import { openReactStage, type ReactStage } from './react-stage.ts'

/** A browser that is spoken to in its own protocol. */
class Chromium {
  readonly #child: ChildProcess
  readonly #socket: WebSocket
  readonly #answers = new Map<number, (answer: { result?: never; error?: { message: string } }) => void>()
  #last = 0

  private constructor(child: ChildProcess, socket: WebSocket) {
    this.#child = child
    this.#socket = socket
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data))
      this.#answers.get(answer.id)?.(answer)
      this.#answers.delete(answer.id)
    })
  }

  static async launch(profile: string): Promise<Chromium> {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0']
    const child = spawn(findChromium(), [...flags, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const address = await new Promise<string>((resolve, reject) => {
      let output = ''
      child.stderr?.on('data', (part) => {
        output += part
        const found = /DevTools listening on (\S+)/.exec(output)?.[1]
        if (found) resolve(found)
      })
      child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}:\n${output}`)))
    })
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return new Chromium(child, socket)
  }

  /** Calls a method of the protocol. */
  // biome-ignore lint/suspicious/noExplicitAny: the protocol has no types here.
  call(method: string, params: object = {}, sessionId?: string): Promise<any> {
    const id = ++this.#last
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    return new Promise((resolve, reject) =>
      this.#answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result))),
    )
  }

  /** Opens a tab in front of all others; returns how to evaluate in it. */
  async tab(url: string): Promise<<T>(expression: string) => Promise<T>> {
    const { targetId } = await this.call('Target.createTarget', { url })
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true })
    await this.call('Target.activateTarget', { targetId })
    return async (expression) => {
      const { result, exceptionDetails } = await this.call(
        'Runtime.evaluate',
        { expression, returnByValue: true, awaitPromise: true },
        sessionId,
      )
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value
    }
  }

  async close(): Promise<void> {
    const over = new Promise((resolve) => this.#child.removeAllListeners('exit').once('exit', resolve))
    this.#child.kill('SIGTERM')
    await over
  }
}

let stage: ReactStage
let profile: string
let browser: Chromium
beforeAll(async () => {
  stage = await openReactStage('19')
  profile = await mkdtemp(join(tmpdir(), 'hidden-tab-'))
  browser = await Chromium.launch(profile)
})
afterAll(async () => {
  await browser.close()
  await stage.close()
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
})

it('[R31] in a hidden tab: 10,000 messages are heard, the last one is shown, without a single animation frame', async () => {
  const page = await browser.tab(stage.server.page)
  const patience = { timeout: 30_000, interval: 100 }
  await expect.poll(() => page('typeof show'), patience).toBe('function')
  await page(`show('burst', { url: '${stage.server.url}' })`)
  const text = () => page<string>("document.getElementById('root').innerText")
  await expect.poll(text, patience).toMatch('OPEN')

  // Another tab in front hides this one.
  await browser.tab('about:blank')
  await expect.poll(() => page('document.visibilityState'), patience).toBe('hidden')
  await page(
    'globalThis.frames_ = 0; requestAnimationFrame(function again() { frames_++; requestAnimationFrame(again) })',
  )

  stage.server.tell('burst 10000')
  await expect.poll(text, patience).toMatch(/9999/)
  const heard = await page<unknown[]>('notes.heard')
  expect(heard).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)))
  expect(await page<unknown[]>('notes.list.map(({ data }) => data)')).toEqual(heard)
  expect(await text()).toMatch(/^OPEN\s*10000\s*9999$/)
  expect(await page('frames_')).toBe(0)
  expect(await page('document.visibilityState')).toBe('hidden')
})
