/** Plays one half of the random runs; see search.ts. */

import { searchHalf } from './search.ts'

searchHalf(1)
