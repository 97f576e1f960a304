/**
 * Owns what may be handed in to a session server, in words.
 * Must never guess: a handler of a wrong name would be one that nobody calls.
 */

const FUNCTIONS = ['onSend', 'onRequest', 'onPlain', 'canFollow', 'onError', 'userKey']
/** And what each of them must be able to do. */
const PARTS: Record<string, readonly string[]> = {
  framing: ['read', 'write'],
  clock: ['now', 'setTimeout', 'clearTimeout'],
}
const KNOWN = ['store', 'limits', ...FUNCTIONS, ...Object.keys(PARTS)]

const isFunction = (value: unknown) => typeof value === 'function'

/** @throws TypeError */
export function checkOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (!KNOWN.includes(name)) throw wrong(`there is no option "${name}". Known are ${KNOWN.join(', ')}`)
    if (value === undefined) continue
    if (FUNCTIONS.includes(name) && !isFunction(value)) throw wrong(`"${name}" must be a function, got ${typeof value}`)
    for (const part of PARTS[name] ?? [])
      if (!isFunction(Object(value)[part])) throw wrong(`"${name}" must have ${PARTS[name]?.join(', ')}`)
  }
}

/** @throws TypeError for what is no socket to listen to. */
export function checkSocket(socket: unknown): void {
  if (!isFunction(Object(socket).addEventListener))
    throw new TypeError('accept: the first argument must be a WebSocket, such as those of ws.')
}

const wrong = (what: string) => new TypeError(`createSessionServer: ${what}.`)
