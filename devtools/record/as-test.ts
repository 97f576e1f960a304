/**
 * Owns a recording as a component test: the story in the virtual world, to be put around a component of the user's. Time
 * passes as it did, late timers included, so each deadline falls where it fell.
 * Must never write what does not compile, nor expect what was not recorded.
 */

import type { RecordedEntry, RecordedTransition } from './entry.ts'
import type { write } from './json-lines.ts'

const SHOWN: Record<string, string> = {
  ...{ connecting: 'CONNECTING', open: 'OPEN', awaitingPong: 'OPEN', closing: 'CLOSING' },
  ...{ blocked: 'BLOCKED', failed: 'FAILED' },
}
const stateOf = (phase: string) => SHOWN[phase] || 'CLOSED'
const call = (text: string) => `act(() => {\n    client.${text}\n  })`
const dials = ({ effects }: RecordedTransition) => effects.some(([name]) => name === 'dial')

/** The transition that ends the attempt which begins here, where there was no socket at all. */
const failureOf = (transitions: RecordedTransition[], dial: RecordedTransition) => {
  const next = transitions[transitions.indexOf(dial) + 1]
  return next && next.event.type === 'attemptFailed' ? next : undefined
}

/** `print` comes with the question: as a file of its own this one shares none with the recorder. */
export function toTest(entries: readonly RecordedEntry[], print: typeof write): string {
  const js = (value: unknown) => print(value, 'Infinity')
  const all = entries.filter((entry): entry is RecordedTransition => entry.type === 'transition')
  // What began before the recording is told from its next attempt on.
  const first = all.find((entry) => entry.before.phase === 'idle' || dials(entry))
  const start = first ? entries.indexOf(first) : entries.length
  const transitions = all.slice(first ? all.indexOf(first) : all.length)
  const settings = { ...first?.settings } as Record<string, unknown>
  const answersOf = (name: 'shouldReconnect' | 'retryDelay') =>
    transitions.map(({ event }) => event[name]).filter((answer) => answer !== undefined)
  const lines: string[] = []
  let time = 0
  let addresses = 0
  let shown = 'CLOSED'
  let known = first?.settings

  const step = (at: number, text: string) => {
    const ms = Math.ceil(at - (first as RecordedTransition).at) - time
    if (ms > 0) {
      lines.push(`world.block(${ms})`)
      time += ms
    }
    if (text) lines.push(text)
  }

  const act = (entry: RecordedTransition): string => {
    const { event, before } = entry
    switch (entry === first && dials(entry) ? 'connect' : event.type) {
      case 'connect':
      case 'reconnect':
      case 'closeCircuit':
        return call(`${entry === first && dials(entry) ? 'connect' : event.type}()`)
      case 'close':
        return call(`close(${js((event as { code: number }).code)}, ${js((event as { reason: string }).reason)})`)
      case 'openCircuit':
        return call(`openCircuit(${js((event as { duration: number }).duration)})`)
      case 'urlChanged':
        return call(`update({ url: 'wss://example.test/${++addresses}' })`)
      case 'optionsChanged': {
        const change = Object.entries(entry.settings).filter(
          ([name, value]) => js(value) !== js((known as unknown as Record<string, unknown>)[name]),
        )
        known = entry.settings
        return change.length ? call(`update(${js(Object.fromEntries(change))})`) : ''
      }
      case 'opened':
        return 'world.socket.accept()'
      case 'socketClosed': {
        const { code, reason, wasClean } = event as { code: number; reason: string; wasClean: boolean }
        if (before.phase === 'connecting' && code === 1006) return 'world.socket.refuse()'
        return `world.socket.die(${code}, ${js(reason)}, ${wasClean})`
      }
      case 'timeout':
        return 'world.advance(1)'
      case 'suspend':
        return "world.notify('hidden')\n  world.advance(0)"
      case 'attemptFailed':
      case 'prepare':
        return ''
      default:
        return `world.notify('${event.type}')`
    }
  }

  for (const entry of entries.slice(start)) {
    if (entry.type === 'received')
      step(entry.at, `world.socket.receive(${entry.binary ? `new ArrayBuffer(${entry.size})` : js(entry.data)})`)
    if (entry.type === 'sent' && !entry.heartbeat)
      step(entry.at, call(`send(${entry.binary ? `new ArrayBuffer(${entry.size})` : js(entry.data)})`))
    if (entry.type !== 'transition' || transitions.indexOf(entry) < 0) continue
    const failure = dials(entry) && failureOf(transitions, entry)
    const chances = [entry, ...(failure ? [failure] : [])].map(({ event }) => event.random)
    const isDrawn = /waiting|blocked/.test(entry.after.phase) || failure
    if (isDrawn && entry.event.type !== 'attemptFailed') lines.push(`world.random.next = ${js(chances)}`)
    if (failure) {
      const { fatal } = failure.event as { fatal?: boolean }
      lines.push(`world.server = throwing(new ${fatal ? 'Syntax' : ''}Error('as recorded'))`)
    }
    step(entry.at, act(entry))
    // A timer is let go a moment late, as deadlines may be no whole milliseconds.
    if (entry.event.type === 'timeout') time++
    if (failure) lines.push('world.server = hang')
    const state = stateOf((failure || entry).after.phase)
    if (state !== shown) lines.push(`expect(state()).toBe('${state}')`)
    shown = state
  }

  const options: string[] = []
  for (const name of ['shouldReconnect', 'retryDelay'] as const)
    if (answersOf(name).length) options.push(`${name}: () => ${name}.shift() as number`)
  if (settings.hasFreshAuth) options.push("url: () => 'wss://example.test/'")
  if (transitions.some(({ event }) => event.type === 'suspend')) settings.hiddenTimeout = 0
  for (const name of ['hasFreshAuth', 'closeTable']) delete settings[name]
  for (const name in settings) options.push(`${name}: ${js(settings[name])}`)
  for (const name of ['shouldReconnect', 'retryDelay'] as const)
    if (answersOf(name).length) lines.unshift(`const ${name}: unknown[] = ${js(answersOf(name))}`)
  return template(options, lines)
}

const template = (options: string[], lines: string[]): string => {
  const body = lines.join('\n')
  const name = (text: string, isUsed: boolean) => (isUsed ? text : '')
  const lists = lines.filter((line) => line.startsWith('const '))
  const story = lines.filter((line) => !line.startsWith('const '))
  const looks = body.includes('state()')
  return `import { act, render${name(', screen', looks)} } from '@testing-library/react'
import { useWebSocket, WebSocketProvider, WebSocketReconnect } from 'react-websocket-reconnect'
import { createWorld, type FakeSocket${name(', throwing', body.includes('throwing'))} } from 'react-websocket-reconnect/testing'
import { ${name('expect, ', looks)}test } from 'vitest'

// Put your own in its place. What that sends by itself need not be sent below.
function Component() {
  return <output>{useWebSocket().state}</output>
}
${name("const state = () => screen.getByRole('status').textContent\n", looks)}
/** A server that says nothing by itself: everything it said was recorded. */
const hang = (socket: FakeSocket) => {
  socket.deaf = true
}

test('lives through what was recorded', () => {
  const world = createWorld({ act, answer: () => undefined, server: hang })
${lists.map((line) => `  ${line}\n`).join('')}  const client = new WebSocketReconnect(
    world.options({
${options.map((line) => `      ${line},\n`).join('')}    }),
  )
  render(
    <WebSocketProvider client={client}>
      <Component />
    </WebSocketProvider>,
  )
${story.map((line) => `  ${line}\n`).join('')}})
`
}
