/** Plays one half of the random lives; see search.ts. */

import { playHalf } from './search.ts'

playHalf(1)
