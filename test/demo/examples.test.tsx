// @vitest-environment jsdom

/** The page of examples: each example as it stands, in a page, against its real server over real sockets; and their source as shown. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import type { ComponentType } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket as Peer } from 'ws'
import { setLanguage } from '../../demo/client/language.ts'
import { Factors } from '../../demo/examples/Factors.tsx'
import { Page } from '../../demo/examples/Page.tsx'
import { SharedList } from '../../demo/examples/SharedList.tsx'
import { asPublished, highlight } from '../../demo/examples/source.ts'
import { Ticker } from '../../demo/examples/Ticker.tsx'
import { TwoSockets } from '../../demo/examples/TwoSockets.tsx'
import { Votes } from '../../demo/examples/Votes.tsx'
import { Examples } from '../../demo/server/examples/examples.ts'
import { factorsOf } from '../../demo/server/examples/factors.ts'

interface Page_ {
  reconfigure(at: { url: string }): void
}

/** The socket of a page that came from the server it calls. */
class PageSocket extends Peer {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols ?? [], { origin: place })
  }
}
const realFetch = fetch

let place = ''
let stop = async () => {}

/** The server of the examples, and a page of its own at the same port. */
beforeEach(async () => {
  const examples = new Examples({ local: true })
  const server = createServer((request, response) => {
    if (!examples.request(request, response)) response.writeHead(404).end()
  })
  server.on('upgrade', (request, socket, head) => {
    if (!examples.upgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  ;(globalThis as unknown as { jsdom: Page_ }).jsdom.reconfigure({ url: `${place}/examples.html` })
  // A page of jsdom keeps the origin it was born with.
  vi.stubGlobal('WebSocket', PageSocket)
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => realFetch(new URL(path, place), init))
  stop = async () => {
    examples.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

afterEach(async () => {
  cleanup()
  vi.unstubAllGlobals()
  setLanguage('en')
  await stop()
})

const post = (path: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${place}${path}`, { method: 'POST', headers })
const cut = async () => ((await (await post('/sockets/cut')).json()) as { cut: number }).cut

/** Mounts an example, and waits until all its sockets are open. */
async function open(Example: ComponentType, sockets = 1) {
  const view = render(<Example />)
  const lines = () => [...view.container.querySelectorAll('[data-status="open"]')]
  await waitFor(() => expect(lines()).toHaveLength(sockets))
  return { ...view, lines, text: (selector: string) => view.container.querySelector(selector)?.textContent ?? '' }
}

interface Counts {
  visitors: { total: number; rate: number; sent: Record<string, number> }[]
}
const counts = async () => (await (await fetch(`${place}/sockets/ticker`)).json()) as Counts

describe('the ticker', () => {
  it('asks for the topic of every row on the page, and again after the line was cut', async () => {
    const { text } = await open(Ticker)
    const asked = async () => Object.keys((await counts()).visitors[0]?.sent ?? {}).length
    await waitFor(async () => expect(await asked()).toBe(1000))
    fireEvent.click(screen.getByText('Show 100 rows'))
    await waitFor(async () => expect(await asked()).toBe(100))
    expect(await cut()).toBe(1)
    await waitFor(async () => expect(await asked()).toBe(100))
    await waitFor(() => expect(Number(text('[data-sum="received"]'))).toBeGreaterThan(0))
  })

  it('shows of every row what the server has sent of it, and misses nothing', async () => {
    const { text, container } = await open(Ticker)
    fireEvent.click(screen.getByText('5,000 a second'))
    await waitFor(() => expect(Number(text('[data-sum="received"]'))).toBeGreaterThan(2000))
    fireEvent.click(screen.getByText('Pause'))
    await waitFor(async () => expect((await counts()).visitors[0]?.rate).toBe(0))
    const { total, sent } = (await counts()).visitors[0] as Counts['visitors'][0]
    await waitFor(() => expect(Number(text('[data-sum="received"]'))).toBe(total))
    const shown = [...container.querySelectorAll('.rows li')].map((row) => [
      row.querySelector('b')?.textContent,
      Number(row.querySelector('i')?.textContent),
    ])
    expect(Object.fromEntries(shown)).toEqual(sent)
    expect(text('[data-sum="missing"]')).toBe('0')
  })
})

describe('two sockets', () => {
  it('the second says what it hears, and is closed and opened without the first', async () => {
    const { lines, text } = await open(TwoSockets, 2)
    await waitFor(() => expect(text('[data-shows="load"]')).toMatch(/The server uses \d+ % of a core/))
    fireEvent.change(screen.getByLabelText('Say something'), { target: { value: 'hello' } })
    await waitFor(() => expect(text('[data-shows="echo"]')).toBe('hello'))
    fireEvent.click(screen.getByText('Close the second'))
    await waitFor(() => expect(lines()).toHaveLength(1))
    fireEvent.click(screen.getByText('Open the second'))
    await waitFor(() => expect(lines()).toHaveLength(2))
  })
})

describe('question and answer', () => {
  const ask = (n: string) => {
    fireEvent.change(screen.getByLabelText('Number'), { target: { value: n } })
    fireEvent.click(screen.getByText('Ask'))
  }

  it('shows the answer, or what was wrong with the question', async () => {
    await open(Factors)
    ask('360')
    expect(screen.getByRole('status').textContent).toBe('waiting for the answer …')
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('2 × 2 × 2 × 3 × 3 × 5'))
    ask('1')
    await waitFor(() => expect(screen.getByRole('status').textContent).toMatch(/whole numbers from 2/))
  })

  it.each([
    [2, [2]],
    [97, [97]],
    [999999000001, [999999000001]],
    [1e12, [...Array(12).fill(2), ...Array(12).fill(5)]],
  ])('%d falls into %j', (n, factors) => {
    expect(factorsOf(n)).toEqual(factors)
  })
})

describe('the optimistic list', () => {
  const add = (text: string) => {
    fireEvent.change(screen.getByLabelText('Something to bring'), { target: { value: text } })
    fireEvent.click(screen.getByText('Add'))
  }
  const items = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent)

  it('gets an item there once although the line is cut, and keeps what was refused until it is discarded', async () => {
    await open(SharedList)
    add('Bread')
    await cut()
    await waitFor(() => expect(items()).toEqual(['Bread']))
    add('x'.repeat(31))
    await screen.findByText('refused: at most 30 characters')
    fireEvent.click(screen.getByText('Discard'))
    await waitFor(() => expect(items()).toEqual(['Bread']))
  })

  it('is the same for all visitors', async () => {
    const one = await open(SharedList)
    const other = await open(SharedList)
    fireEvent.change(within(one.container).getByLabelText('Something to bring'), { target: { value: 'Salt' } })
    fireEvent.click(within(one.container).getByText('Add'))
    await waitFor(() => expect(within(other.container).getByText('Salt')).toBeTruthy())
  })
})

describe('GraphQL', () => {
  it('counts a vote for everybody, and goes on after the line was cut', async () => {
    const { text, lines } = await open(Votes)
    fireEvent.click(screen.getByText('Tea'))
    await waitFor(() => expect(text('[data-votes="tea"]')).toBe('1'))
    expect(await cut()).toBe(1)
    await waitFor(() => expect(lines()).toHaveLength(0))
    await waitFor(() => expect(lines()).toHaveLength(1))
    fireEvent.click(screen.getByText('Coffee'))
    await waitFor(() => expect(text('[data-votes="coffee"]')).toBe('1'))
    expect(text('[data-votes="tea"]')).toBe('1')
  })
})

describe('the page', () => {
  it('shows every example with its source, in both languages', async () => {
    render(<Page />)
    for (const language of ['en', 'zh'] as const) {
      const titles = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)
      expect(titles).toHaveLength(6)
      expect(titles.some((title) => /[\u4e00-\u9fff]/.test(String(title)))).toBe(language === 'zh')
      expect(document.documentElement.lang).toBe(language === 'en' ? 'en' : 'zh-CN')
      if (language === 'en') fireEvent.click(screen.getByText('中文'))
    }
    await waitFor(() => expect(document.querySelectorAll('[data-status="open"]')).toHaveLength(6))
    fireEvent.click(screen.getByText('切断所有连接'))
    await screen.findByText('已切断 6 个连接。')
  })

  it('shows each file as its reader would write it: every import is one of the package, of React or of a neighbour', () => {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
    const names = Object.keys(exports).map((path) => path.replace('.', 'react-websocket-reconnect'))
    const known = [...names, 'react', 'vitest', '@testing-library/react']
    for (const file of ['Ticker', 'TwoSockets', 'Factors', 'SharedList', 'Votes', 'factors.test']) {
      const source = asPublished(readFileSync(`demo/examples/${file}.tsx`, 'utf8'))
      const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name as string)
      expect(
        imports.filter((name) => !name.startsWith('./') && !known.includes(name)),
        file,
      ).toEqual([])
      expect(
        highlight(source)
          .map(({ text }) => text)
          .join(''),
      ).toBe(source)
    }
  })

  it('colours comments, texts and words', () => {
    expect(highlight("const a = 'of' // of").filter(({ kind }) => kind !== 'plain')).toEqual([
      { kind: 'word', text: 'const' },
      { kind: 'text', text: "'of'" },
      { kind: 'comment', text: '// of' },
    ])
  })
})

describe('the sockets of the examples', () => {
  const knock = (path: string, headers: Record<string, string> = {}) =>
    new Promise<string>((resolve) => {
      const socket = new Peer(`${place.replace('http', 'ws')}${path}`, { headers })
      socket.on('open', () => resolve('open'))
      socket.on('error', ({ message }) => resolve(message))
    })

  it("are for the demo's own page, and nobody else's", async () => {
    expect(await knock('/sockets/echo')).toBe('open')
    expect(await knock('/sockets/echo', { origin: 'https://elsewhere.test' })).toMatch(/403/)
    expect((await post('/sockets/cut', { 'content-type': 'application/json', origin: 'https://a.test' })).status).toBe(
      403,
    )
    expect((await post('/sockets/cut', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('/sockets/other')).status).toBe(404)
  })

  it('survive whatever they are told', async () => {
    for (const name of ['ticker', 'load', 'echo', 'factors', 'list', 'votes']) {
      const socket = new Peer(`${place.replace('http', 'ws')}/sockets/${name}`)
      await new Promise((resolve) => socket.once('open', resolve).once('close', resolve))
      for (const text of ['', 'null', '[]', '{}', '{"subscribe":[1,"x"],"rate":"y"}', '{"rate":-1}', '{"factor":{}}'])
        socket.send(text)
      socket.send(Buffer.from([255, 254]))
      socket.terminate()
    }
    expect(await knock('/sockets/echo')).toBe('open')
  })
})
