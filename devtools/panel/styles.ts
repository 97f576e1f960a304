/**
 * Owns bringing the styles into the shadow root: as an adopted style sheet, which no policy of the page forbids, else as a
 * style element with the page's nonce. Must never style anything outside.
 */

import { base } from './style/base.ts'
import { panelStyle } from './style/panel.ts'
import { pictures } from './style/pictures.ts'
import { viewStyle } from './style/views.ts'

export const panelCss = base + panelStyle + viewStyle + pictures

export function addStyles(root: ShadowRoot, css: string, nonce?: string): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  } catch {
    const style = document.createElement('style')
    if (nonce) style.nonce = nonce
    style.textContent = css
    root.append(style)
  }
}
