// @vitest-environment jsdom

/** The page in two languages: which it begins with, that a switch changes all of it, and that neither lacks a word. */

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { About } from '../../demo/client/about/About.tsx'
import { aboutWords } from '../../demo/client/about/words.ts'
import { composerWords, identityWords, logWords, messageWords } from '../../demo/client/chat/words.ts'
import { pickLanguage, setLanguage } from '../../demo/client/language.ts'
import { StatusBadge, wordsFor } from '../../demo/client/StatusBadge.tsx'
import { cardWords, detailWords } from '../../demo/client/status/words.ts'
import { WebSocketProvider } from '../../hooks/index.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { createWorld } from '../support/index.ts'

afterEach(() => {
  cleanup()
  act(() => setLanguage('en'))
  window.localStorage.clear()
  vi.restoreAllMocks()
})

describe('the language of the page', () => {
  it("is what a visitor has picked, else the browser's first that it speaks, else English", () => {
    expect(pickLanguage(null, ['fr-FR', 'zh-TW', 'en'])).toBe('zh')
    expect(pickLanguage(null, ['en-GB', 'zh'])).toBe('en')
    expect(pickLanguage(null, ['fr'])).toBe('en')
    expect(pickLanguage('zh', ['en'])).toBe('zh')
    expect(pickLanguage('xx', ['zh'])).toBe('zh')
  })

  it('changes with the switch, which names the other one in that one, is kept, and is said to the document', () => {
    render(<About />)
    const other = screen.getByRole('button', { name: '中文' })
    expect(other.lang).toBe('zh-CN')
    fireEvent.click(other)
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(aboutWords.zh.title)
    expect([document.documentElement.lang, window.localStorage.getItem('chat:language')]).toEqual(['zh-CN', 'zh'])
    fireEvent.click(screen.getByRole('button', { name: 'English' }))
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(aboutWords.en.title)
    expect(document.documentElement.lang).toBe('en')
  })

  it('is heard by a badge that is given its words', () => {
    const client = new WebSocketReconnect(createWorld().options())
    render(
      <WebSocketProvider client={client}>
        <StatusBadge words={cardWords.zh.badge} />
      </WebSocketProvider>,
    )
    expect(document.querySelector('.headline')?.textContent).toBe('未连接')
    expect(screen.getByRole('button').textContent).toBe('连接')
  })
})

describe('the words', () => {
  /** Every text in a table of words, the functions called with what fits most of them. */
  const textsOf = (words: unknown): string[] => {
    if (typeof words === 'string') return [words]
    if (typeof words === 'function') {
      return [1, 3].flatMap((count) => textsOf(words(words.length === 1 ? count : count, 2)))
    }
    return Object.values(Object(words)).flatMap(textsOf)
  }
  const names = /react-websocket-reconnect|README|Enter|Shift|English/g

  it.each([
    ['about', aboutWords],
    ['composer', composerWords],
    ['details', detailWords],
    ['identity', identityWords],
    ['messages', { en: { status: messageWords.en.status }, zh: { status: messageWords.zh.status } }],
  ] as [string, { en: object; zh: object }][])('of %s are all there in Chinese, and are Chinese', (_, { en, zh }) => {
    expect(Object.keys(zh)).toEqual(Object.keys(en))
    for (const text of textsOf(zh)) expect(text.replaceAll(names, '')).not.toMatch(/[A-Za-z]{3}/)
  })

  it('of the log count in both', () => {
    expect([1, 3].map(logWords.en.recovered)).toEqual(['1 message recovered', '3 messages recovered'])
    expect([1, 3].map(logWords.zh.recovered)).toEqual(['已补回 1 条消息', '已补回 3 条消息'])
    expect([['Ada'], ['Ada', 'Bea'], ['Ada', 'Bea', 'Cleo']].map(logWords.en.typing)).toEqual([
      'Ada is writing…',
      'Ada and Bea are writing…',
      'Several people are writing…',
    ])
  })

  it('of a refusal are those of the server, or what they mean', () => {
    expect(messageWords.en.expected('"text": less')).toBe('The server expected "text": less.')
    expect(messageWords.zh.expected('"text": less')).toBe('消息须为 1–2000 个字符，不能为空白。')
    expect(messageWords.zh.expected('one of the 32 rooms there are; more are not kept')).toMatch(/^房间数已达上限/)
    expect(messageWords.zh.expected('something new')).toBe('服务器要求：something new。')
  })

  it('of the badge are Chinese in every status', () => {
    const words = cardWords.zh.badge
    for (const status of ['idle', 'connecting', 'open', 'waiting', 'blocked', 'closing', 'closed', 'failed'] as const) {
      for (const online of [true, false]) {
        const lastClose = { code: 1006, reason: '', wasClean: false, opened: true }
        const { headline, why } = wordsFor(
          {
            ...{ status, connectionId: 1, isReconnecting: true, retryCount: 2, retryAt: 1, error: null },
            ...{ lastClose, preparing: null, online },
          },
          words,
        )
        expect(`${headline}${why}`).not.toMatch(/[A-Za-z]{3}/)
        expect([headline, why].every((text) => text !== '')).toBe(true)
      }
    }
  })
})
