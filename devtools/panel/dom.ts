/**
 * Owns making elements: a tag, its attributes, its children. What a handler throws is told to the panel around it, which
 * shows it; the page never hears of it. Must never write a style attribute or HTML as text: pages forbid the first, and the
 * second lets frames in.
 */

export const FAILED = 'panel-failed'

type Child = Node | string | false | undefined
// biome-ignore lint/suspicious/noExplicitAny: each handler knows its own event.
export type Handler = (event: any) => unknown
type Attributes = { readonly [name: string]: string | number | boolean | undefined | Handler }

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, guarded(element, value))
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...(children.filter(Boolean) as (Node | string)[]))
  return element
}

/** Tells the panel of what a handler throws. */
export const guarded =
  (element: Element, handler: Handler): Handler =>
  (event) => {
    const fail = (detail: unknown) => element.dispatchEvent(new CustomEvent(FAILED, { bubbles: true, detail }))
    try {
      const result = handler(event)
      if (result instanceof Promise) result.catch(fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

/** An element of HTML; attributes that are functions are listeners of the event of that name. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] => fill(document.createElement(tag), attributes, children)

export const button = (text: Child, click: Handler, attributes: Attributes = {}): HTMLButtonElement =>
  el('button', { type: 'button', click, ...attributes }, text)

/** An element of SVG. */
export const svg = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children)

/** Writes only what has changed: the page is left alone otherwise. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

export function setAttribute(element: Element, name: string, value: unknown): void {
  const text = String(value)
  if (element.getAttribute(name) !== text) element.setAttribute(name, text)
}

/** Offers a text as a file. */
export function download(name: string, text: string, type: string): void {
  const link = el('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name })
  link.click()
  URL.revokeObjectURL(link.href)
}
