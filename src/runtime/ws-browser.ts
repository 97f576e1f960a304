/**
 * Owns the answer of everything that is not Node: there is no `ws` here.
 * package.json's `browser` field puts this file in the place of ws-node.ts.
 */
import type { SocketConstructor } from '../options/world.ts'

export const loadWs = (): SocketConstructor | undefined => undefined

export const takesInit = (): boolean => false
