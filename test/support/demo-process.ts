/**
 * Owns how a script drives the demo from outside: the whole process as a person starts it, and a real browser.
 * Used by the screenshots and the browser tests. Must never leave a process behind, nor wait for time to pass.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../..', import.meta.url))

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Where a Chromium lies: what CHROME_PATH says, or the first of the usual places. Throws an Error if there is none. */
export function findChromium(env: Record<string, string | undefined> = process.env, exists = existsSync): string {
  if (env.CHROME_PATH) {
    if (exists(env.CHROME_PATH)) return env.CHROME_PATH
    throw new Error(`CHROME_PATH names no file: "${env.CHROME_PATH}".`)
  }
  const found = usualPlaces.find((path) => exists(path))
  if (found) return found
  throw new Error(
    `No Chromium or Chrome found. Install one ("apt-get install chromium"), or set CHROME_PATH to its executable. Looked at: ${usualPlaces.join(', ')}.`,
  )
}

/** What every browser of ours is started with: it keeps to itself. */
export const quietly: readonly string[] = [
  // Containers and CI machines have no user that a sandbox could be built for; only our own page is opened.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: [...quietly] })
}

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

/** Starts the demo as a person would, `npm run demo`, and resolves when it has said where it is. */
export function startDemoProcess(env: Record<string, string>): Promise<DemoProcess> {
  const child = spawn('npm', ['run', 'demo'], {
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
