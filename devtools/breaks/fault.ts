/**
 * Owns what may be broken on purpose, in words that JSON can say, and reading them. Must never break anything.
 */

/** `'in'`: what the server says. `'out'`: what the client says. */
export type Direction = 'in' | 'out' | 'both'

/** Something to break. The first four happen once, the others last until they are healed. Times are ms. */
export type Fault =
  /** The line breaks: close 1006. */
  | { readonly fault: 'drop' }
  /** The server closes. */
  | { readonly fault: 'close'; readonly code?: number; readonly reason?: string }
  /** A message that makes no sense. */
  | { readonly fault: 'garbage'; readonly data?: string }
  /** The page comes back: from the cache, from sleep, from behind another tab. */
  | { readonly fault: 'wake' }
  /** Packets vanish, and nobody tells; new attempts are not answered either. */
  | { readonly fault: 'silence'; readonly direction?: Direction }
  /** The next so many attempts are refused. */
  | { readonly fault: 'refuse'; readonly times?: number }
  /** Attempts are never answered. */
  | { readonly fault: 'hang' }
  /** Everything takes longer, in its order. */
  | { readonly fault: 'latency'; readonly ms?: number; readonly jitter?: number }
  /** Each so manyeth message is lost. */
  | { readonly fault: 'lose'; readonly every?: number; readonly direction?: Direction }
  /** The page is told that there is no network. */
  | { readonly fault: 'offline' }
  /** The page is told that it stands still. */
  | { readonly fault: 'freeze' }

export type FaultName = Fault['fault']

/** With every default in place. */
export interface FaultInForce {
  readonly fault: FaultName
  readonly code: number
  readonly reason: string
  readonly data: string
  readonly direction: Direction
  readonly times: number
  readonly ms: number
  readonly jitter: number
  readonly every: number
}

const DEFAULTS = {
  ...{ code: 1012, reason: '', data: '\u0007{"garbage', direction: 'both' as Direction },
  ...{ times: 3, ms: 400, jitter: 0, every: 3 },
}

/** The parameters of each fault; the first so many happen once. */
export const ONCE = 4
export const PARAMETERS: { readonly [K in FaultName]: readonly (keyof typeof DEFAULTS)[] } = {
  drop: [],
  close: ['code', 'reason'],
  garbage: ['data'],
  wake: [],
  silence: ['direction'],
  refuse: ['times'],
  hang: [],
  latency: ['ms', 'jitter'],
  lose: ['every', 'direction'],
  offline: [],
  freeze: [],
}

const LEAST: Partial<Record<keyof typeof DEFAULTS, number>> = { code: 1000, times: 1, ms: 0, jitter: 0, every: 1 }

/** Reads what a script or a person has said; throws a TypeError that says what was expected. */
export function readFault(given: unknown): FaultInForce {
  const said = Object(given) as Record<string, unknown>
  const names = PARAMETERS[said.fault as FaultName] as readonly (keyof typeof DEFAULTS)[] | undefined
  if (!names)
    throw new TypeError(
      `devtools: "fault" must be one of ${Object.keys(PARAMETERS).join(', ')}, got ${JSON.stringify(said.fault)}.`,
    )
  const read: Record<string, unknown> = { ...DEFAULTS, fault: said.fault }
  for (const name of names) {
    const value = said[name]
    if (value === undefined) continue
    const least = LEAST[name]
    const isRight =
      least === undefined
        ? typeof value === 'string' && (name !== 'direction' || /^(in|out|both)$/.test(value))
        : typeof value === 'number' && value >= least && value < 2 ** 31
    if (!isRight) {
      const wanted = least === undefined ? (name === 'direction' ? "'in', 'out' or 'both'" : 'a text') : `≥ ${least}`
      throw new TypeError(`devtools: "${name}" of ${said.fault} must be ${wanted}, got ${JSON.stringify(value)}.`)
    }
    read[name] = value
  }
  return read as unknown as FaultInForce
}

/** A fault as it was said: its name, and the parameters it has. */
export function shortened(fault: FaultInForce): Fault {
  const said: Record<string, unknown> = { fault: fault.fault }
  for (const name of PARAMETERS[fault.fault]) if (fault[name] !== '') said[name] = fault[name]
  return said as unknown as Fault
}
