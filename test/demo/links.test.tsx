// @vitest-environment jsdom

/** Links in messages: http and https alone, exactly the address, and never anything but text and links. */

import { cleanup, render } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { partsOf } from '../../demo/client/chat/links.ts'
import { Text } from '../../demo/client/chat/Text.tsx'

afterEach(cleanup)

const links = (text: string) => partsOf(text).flatMap(({ text, href }) => (href ? [text] : []))

describe('the links of a text', () => {
  it.each([
    ['see https://a.test', ['https://a.test']],
    ['HTTP://A.test/x and https://b.test:8080/y?z=1#k', ['HTTP://A.test/x', 'https://b.test:8080/y?z=1#k']],
    ['at the end: https://a.test/x.', ['https://a.test/x']],
    ['really https://a.test/x?! or https://a.test/y…', ['https://a.test/x', 'https://a.test/y']],
    ['(https://a.test/x)', ['https://a.test/x']],
    ['(see https://a.test/x_(y))', ['https://a.test/x_(y)']],
    ['[https://a.test/x], *https://a.test/y*', ['https://a.test/x', 'https://a.test/y']],
    ['“https://a.test/x” <https://a.test/y> "https://a.test/z"', [...'xyz'].map((each) => `https://a.test/${each}`)],
    ['见https://a.test/路径，然后', ['https://a.test/路径']],
    ['（https://a.test/x）。', ['https://a.test/x']],
    ['javascript:alert(1) data:text/html,x ftp://a.test file:///etc', []],
    ['xhttps://a.test and 1https://a.test', []],
    ['https:// http://. https://?', []],
    ['https://user:secret@a.test/', []],
    ['no link at all', []],
  ])('%s', (text, expected) => {
    expect(links(text)).toEqual(expected)
  })

  it('do not turn the direction of writing', () => {
    expect(links('https://a.test/\u202etxt.exe')).toEqual(['https://a.test/'])
  })

  it('leave the text as it was', () => {
    for (const text of ['', 'a', 'https://a.test', ' https://a.test/x), then\nhttps://b.test', 'https://']) {
      expect(
        partsOf(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text)
      for (const { text: part, at } of partsOf(text)) expect(text.slice(at, at + part.length)).toBe(part)
    }
  })

  it('take no longer with a text made to take long', () => {
    const text = `https://a.test/${')'.repeat(1900)}`
    expect(links(text)).toEqual(['https://a.test/'])
  })
})

describe('a message', () => {
  it('opens its links elsewhere, and lets that page know nothing of this one', () => {
    const { container } = render(<Text text="see https://a.test/x." />)
    const link = container.querySelector('a')
    expect([link?.href, link?.target, link?.rel]).toEqual(['https://a.test/x', '_blank', 'noopener noreferrer'])
    expect(container.textContent).toBe('see https://a.test/x.')
  })

  it('is never markup', () => {
    const text = '<img src=x onerror=alert(1)> <a href="javascript:alert(1)">https://a.test/"onclick="x</a>'
    const { container } = render(<Text text={text} />)
    expect(container.textContent).toBe(text)
    expect([...container.querySelectorAll('*')].map(({ localName }) => localName)).toEqual(['p', 'a'])
    expect(container.querySelector('a')?.getAttributeNames()).toEqual(['href', 'target', 'rel'])
  })
})
