/**
 * Owns the Chromium that is installed: where it lies, and how it is started for tests, pictures and the bench. Must never
 * download one, nor wait for time to pass.
 */

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

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
