/**
 * Owns making styles that stand in code small as it is built: they are written for who reads them, and no minifier of scripts
 * looks into a string. Must never change what they say.
 */

import { transform } from 'esbuild'
import type { Plugin } from 'vite'

/** A template with nothing to fill in, all of it styles; it begins with a line of its own. */
const STYLES = /(?<=^(?:export )?const \w*(?:[sS]tyle|base|pictures)\w* = )`\n[^`$]*`/gm

export const smallStyles: Plugin = {
  name: 'small-styles',
  apply: 'build',
  enforce: 'pre',
  async transform(code, id) {
    if (!/\/devtools\/panel\/.*style|\/StatusBadge\.tsx$/.test(id)) return null
    let small = code
    for (const [literal] of code.matchAll(STYLES)) {
      const { code: css } = await transform(literal.slice(1, -1), { loader: 'css', minify: true, charset: 'utf8' })
      small = small.replace(literal, () => JSON.stringify(css.trim()))
    }
    return small
  },
}
