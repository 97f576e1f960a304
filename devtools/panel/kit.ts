/**
 * Owns what views are made with, as one value: those that are loaded later are given it, and so share no file with the panel. Must
 * never hold anything of one view.
 */

import { button, el, setAttribute, setText } from './dom.ts'
import { count, duration, size } from './figures.ts'
import { makeFacts, makeMeter } from './views/facts.ts'
import { makeRows } from './views/rows.ts'
import { fillIn } from './words.ts'

export const kit = {
  ...{ button, el, setAttribute, setText, count, duration, size },
  ...{ makeFacts, makeMeter, makeRows, fillIn },
}
