/**
 * Owns the words by which the developer tools are known in a bundle, whatever a minifier makes of it: texts and property
 * names of every part. Must never name one that the library's other entries hold, too.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Each belongs to one part: registry, session and requests in it, door, console, panel, breaks, recorder, exports. */
const MARKERS = [
  'Symbol.for("react-websocket-reconnect")',
  'sweepAt',
  'askedAt',
  'catching-up","live"]',
  'websocket-devtools',
  '__websocketReconnect__',
  'panel-failed',
  'adoptedStyleSheets',
  'The panel has failed',
  '面板出错',
  '"fault" must be one of',
  '_webSocketMessages',
  '1e999',
  'lives through what was recorded',
  'wallOffset',
]

/** What of the developer tools a text holds. */
export const markersIn = (text: string): string[] => MARKERS.filter((marker) => text.includes(marker))

/** The same of every script below a folder. */
export const markersBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(m?js|cjs)$/.test(file))
    .flatMap((file) => markersIn(readFileSync(join(folder, file), 'utf8')).map((marker) => `${file}: ${marker}`))

export const allMarkers: readonly string[] = MARKERS
