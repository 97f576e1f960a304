/**
 * Owns how a test drives a browser that is not Chromium: Firefox by WebDriver BiDi, WebKitGTK by plain WebDriver, and, for
 * comparison, Chromium; all behind one small interface. Must never leave a process behind.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pass } from 'node:timers/promises'
import { type Browser, launch } from 'puppeteer-core'
import { findChromium } from '../../../scripts/chromium.ts'

/** One tab of a running browser. */
export interface Driver {
  /** Name and version, as the browser gives them. */
  readonly version: string
  goto(url: string): Promise<void>
  /** The value of an expression in the page; it must be one that JSON can say. */
  ask<T>(expression: string): Promise<T>
  /** Types into the field with this label, and presses Enter. */
  type(label: string, text: string): Promise<void>
  close(): Promise<void>
}

export interface Candidate {
  readonly name: string
  /** Why it cannot be started here, and what to do about it; undefined if it can. */
  missing(): string | undefined
  start(): Promise<Driver>
}

const field = (label: string) => `//*[@id=(//label[normalize-space()="${label}"]/@for)]`

const firefoxPath = () =>
  [
    process.env.FIREFOX_PATH,
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ].find((path) => path && existsSync(path))

export const firefox: Candidate = {
  name: 'Firefox',
  missing: () =>
    firefoxPath()
      ? undefined
      : 'Firefox is missing: "apt-get install firefox-esr", or set FIREFOX_PATH to its executable.',
  start: async () =>
    puppet(await launch({ browser: 'firefox', executablePath: firefoxPath() as string, headless: true })),
}

export const chromium: Candidate = {
  name: 'Chromium',
  missing() {
    try {
      findChromium()
    } catch (error) {
      return (error as Error).message
    }
  },
  start: async () =>
    puppet(await launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })),
}

async function puppet(browser: Browser): Promise<Driver> {
  const page = await browser.newPage()
  return {
    version: await browser.version(),
    goto: async (url) => {
      await page.goto(url)
    },
    ask: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
    async type(label, text) {
      const input = await page.waitForSelector(`xpath/${field(label)}`)
      await input?.click({ count: 3 })
      await input?.type(text)
      await input?.press('Enter')
    },
    close: () => browser.close(),
  }
}

/** MiniBrowser lies beside the library, in a folder named after the machine. */
function miniBrowser(): string | undefined {
  if (process.env.MINIBROWSER_PATH) return process.env.MINIBROWSER_PATH
  if (!existsSync('/usr/lib')) return undefined
  return readdirSync('/usr/lib')
    .filter((name) => name.includes('-linux-'))
    .flatMap((name) => ['4.1', '4.0', '6.0'].map((version) => `/usr/lib/${name}/webkit2gtk-${version}/MiniBrowser`))
    .find((path) => existsSync(path))
}

export const webkit: Candidate = {
  name: 'WebKitGTK',
  missing() {
    const lacks = [
      existsSync('/usr/bin/WebKitWebDriver') ? '' : 'webkit2gtk-driver',
      miniBrowser() ? '' : 'libwebkit2gtk-4.1-0',
      process.env.DISPLAY || existsSync('/usr/bin/Xvfb') ? '' : 'xvfb',
    ].filter(Boolean)
    return lacks.length ? `WebKitGTK is missing: "apt-get install ${lacks.join(' ')}".` : undefined
  },
  async start() {
    const children: ChildProcess[] = []
    const start = (command: string, args: string[], env: Record<string, string>) => {
      const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] })
      children.push(child)
      return child
    }
    const stop = () => {
      for (const child of children.reverse()) child.kill()
    }
    process.once('exit', stop)

    let display = process.env.DISPLAY
    if (!display) {
      const screen = start('/usr/bin/Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {})
      display = `:${await new Promise((resolve) => screen.stdout?.once('data', (number) => resolve(String(number).trim())))}`
    }
    const port = await freePort()
    start('/usr/bin/WebKitWebDriver', [`--port=${port}`], { DISPLAY: display })

    const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
      const request = { method, ...(body && { body: JSON.stringify(body) }) }
      const response = await fetch(`http://127.0.0.1:${port}${path}`, request)
      const { value } = (await response.json()) as { value: { error?: string; message?: string } }
      if (!response.ok) throw new Error(`WebDriver: ${method} ${path}: ${value.error} ${value.message}`)
      return value as T
    }
    for (let left = 100; ; left--) {
      try {
        await call('GET', '/status')
        break
      } catch (error) {
        if (left === 0) throw error
        await pass(100)
      }
    }
    const browser = { binary: miniBrowser(), args: ['--automation'] }
    const { sessionId, capabilities } = await call<{ sessionId: string; capabilities: Record<string, string> }>(
      'POST',
      '/session',
      { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browser } } },
    )
    const session = `/session/${sessionId}`
    return {
      version: `WebKitGTK ${capabilities.browserVersion}`,
      goto: (url) => call('POST', `${session}/url`, { url }),
      ask: (expression) => call('POST', `${session}/execute/sync`, { script: `return (${expression})`, args: [] }),
      async type(label, text) {
        const found = await call<Record<string, string>>('POST', `${session}/element`, {
          using: 'xpath',
          value: field(label),
        })
        const element = `${session}/element/${Object.values(found)[0]}`
        await call('POST', `${element}/clear`, {})
        await call('POST', `${element}/value`, { text: `${text}\uE007` })
      },
      async close() {
        await call('DELETE', session).catch(() => {})
        process.off('exit', stop)
        stop()
      },
    }
  },
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
