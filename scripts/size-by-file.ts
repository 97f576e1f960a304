// `npm run size -- --by-file`: which file, and which feature, costs how much of the two bundles that have a budget. Each is
// weighed by leaving it out: what the gzipped bundle would be without its text. A sum of those is less than the whole,
// since what two files say alike is packed once.

import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, transform } from 'esbuild'

/** Feature → its files, without `.js`. Every file of a bundle belongs to one: a new file says what it is for. */
const features: Record<string, readonly string[]> = {
  'the chart, its events and the one timer': [
    ...['machine/transitions', 'machine/states', 'machine/steps', 'machine/closing'],
    ...['runtime/engine', 'runtime/decision', 'runtime/event-loop', 'runtime/deadline-timer', 'runtime/pending'],
  ],
  'backoff, and what a failed attempt means': ['machine/connecting', 'machine/waiting', 'policy/backoff'],
  'circuit breaker': ['machine/circuit', 'policy/circuit-breaker'],
  heartbeat: ['machine/connected', 'runtime/ping-tracker', 'policy/ping-pong', 'policy/json-text'],
  'messages in and out, queue, drain()': [
    ...['runtime/traffic', 'runtime/sender', 'runtime/message-queue', 'runtime/fifo', 'runtime/drain'],
    'policy/payload',
  ],
  'close codes': ['policy/close-policy'],
  'one attempt: providers, urls, the socket': [
    ...['runtime/connection', 'runtime/self-dial', 'policy/url', 'policy/values'],
  ],
  'options, update()': ['options/schema', 'options/read-options', 'runtime/reconfigure'],
  'public methods': ['client'],
  'listeners and promises': ['runtime/emitter', 'runtime/shared-promise'],
  'snapshot and stats': ['runtime/snapshot', 'runtime/stats'],
  errors: ['runtime/error-reporter', 'policy/errors'],
  'online, offline, sleep, freeze, hidden pages': ['runtime/environment', 'runtime/platform', 'runtime/ws-browser'],
  'a client of a component: lease, options by value': [
    ...['runtime/mount-lease', 'observers/managed-client', 'observers/stable-options', 'observers/shallow-equal'],
    ...['useManagedClient', 'WebSocketProvider', 'HookContext', 'useClient'],
  ],
  'views: tracked reading, one pace': [
    ...['observers/client-observer', 'observers/notify-scheduler', 'observers/tracked-view', 'observers/view-clock'],
    ...['useObserver', 'useStore', 'useTrackedView', 'useWebSocket', 'useCircuitState'],
  ],
  'message handlers, codecs': [
    ...['observers/message-format', 'observers/message-stream', 'observers/handler-error', 'policy/codec'],
    ...['useHandlers', 'useMessage', 'useLatestCallback'],
  ],
  useConnectionStats: ['observers/stats-sampler', 'useConnectionStats'],
}

const featureOf = new Map(Object.entries(features).flatMap(([name, files]) => files.map((file) => [file, name])))

const kB = (bytes: number) => `${(bytes / 1000).toFixed(2).padStart(7)} kB`

/** The text of each file in the bundle, by its name: everything is minified but the lines that say where it comes from. */
async function chunksOf(options: BuildOptions): Promise<Array<readonly [file: string, text: string]>> {
  const { outputFiles } = await build({
    ...options,
    minify: false,
    minifyIdentifiers: true,
    minifySyntax: true,
    write: false,
  })
  // Without its exports, which would name what has been left out.
  const text = (outputFiles?.[0]?.text ?? '').replace(/^export \{[^}]*\};?\s*$/m, '')
  const parts = text.split(/^\/\/ (?:.*dist\/esm\/(?:src|hooks)\/|<)(.+?)(?:\.js|>)$/m)
  const chunks: Array<readonly [file: string, text: string]> = [['imports', parts[0] ?? '']]
  for (let i = 1; i < parts.length; i += 2) chunks.push([parts[i] as string, parts[i + 1] as string])
  return chunks
}

async function gzipped(texts: readonly string[]): Promise<number> {
  const { code } = await transform(texts.join('\n'), {
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'error',
  })
  return gzipSync(code, { level: 9 }).length
}

/** Prints both tables; throws for a file that belongs to no feature. */
export async function sizeByFile(name: string, options: BuildOptions): Promise<void> {
  const chunks = await chunksOf(options)
  const whole = await gzipped(chunks.map(([, text]) => text))
  const without = async (isLeftOut: (file: string) => boolean) =>
    whole - (await gzipped(chunks.filter(([file]) => !isLeftOut(file)).map(([, text]) => text)))
  const files = chunks.map(([file]) => file).filter((file) => file !== 'imports' && file !== 'stdin')
  const lost = files.filter((file) => !featureOf.has(file))
  if (lost.length) throw new Error(`Say in scripts/size-by-file.ts which feature this is for: ${lost.join(', ')}.`)

  const print = async (title: string, names: readonly string[], nameOf: (file: string) => string | undefined) => {
    console.log(`\n${name} (${kB(whole).trim()}) ${title}`)
    const rows = await Promise.all(
      names.map(async (row) => [row, await without((file) => nameOf(file) === row)] as const),
    )
    for (const [row, bytes] of rows.sort((a, b) => b[1] - a[1])) if (bytes) console.log(`${kB(bytes)}  ${row}`)
  }
  await print('by feature', Object.keys(features), (file) => featureOf.get(file))
  await print('by file', files, (file) => file)
}
