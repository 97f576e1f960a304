/** Plays the other half of the random lives; see lives.ts. */

import { playHalf } from './lives.ts'

playHalf(2)
