/** Plays the other half of the random lives; see search.ts. */

import { playHalf } from './search.ts'

playHalf(2)
