/** Owns the words about fleets. */

import type { Words } from '../language.ts'
import type { PlanName } from './useFleet.ts'

interface FleetWords {
  what: (size: number) => string
  away: string
  seconds: (count: number) => string
  run: string
  stop: string
  plans: Readonly<Record<PlanName, string>>
  notes: Readonly<Record<PlanName, string>>
  idle: string
  gathering: (count: number, size: number) => string
  peak: string
  back: string
  tries: string
  not: string
  knocks: string
  opened: string
  browser: string
  picture: (peak: number, back: string) => string
}

export const fleetWords: Words<FleetWords> = {
  en: {
    what: (size) =>
      `${size} clients of this page connect to the same server, on a path of their own. Then it crashes, and all of them want back.`,
    away: 'The server is away for',
    seconds: (count) => `${count} s`,
    run: 'Crash three fleets',
    stop: 'Stop',
    plans: { none: 'jitter: 0', defaults: 'the defaults', interactive: 'interactive' },
    notes: {
      none: 'Everybody counts the same seconds, and knocks at the same moment.',
      defaults: 'A tenth more or less, which adds up from try to try.',
      interactive: 'Anything up to the whole delay: for what a person looks at.',
    },
    idle: 'Not run yet.',
    gathering: (count, size) => `${count} of ${size} connected`,
    peak: 'Most in 250 ms',
    back: '99 % back after',
    tries: 'Attempts',
    not: 'not yet',
    knocks: 'attempts',
    opened: 'let in',
    browser:
      'Counted when a client knocks. Chromium lets one handshake after the other through, and holds back pages that fail often: whoever comes in a crowd waits longer to be let in.',
    picture: (peak, back) => `Attempts over time: at most ${peak} in 250 ms; 99 % back after ${back}.`,
  },
  zh: {
    what: (size) => `本页的 ${size} 个客户端连到同一台服务器，走各自的路径。随后服务器崩溃，它们都想回来。`,
    away: '服务器离开',
    seconds: (count) => `${count} 秒`,
    run: '让三群连接崩溃',
    stop: '停止',
    plans: { none: 'jitter: 0', defaults: '默认值', interactive: 'interactive' },
    notes: {
      none: '大家数着同样的秒数，在同一时刻敲门。',
      defaults: '上下浮动一成，逐次累积。',
      interactive: '从零到整个等待时间之间任取：适合有人盯着的页面。',
    },
    idle: '尚未运行。',
    gathering: (count, size) => `已连接 ${count} / ${size}`,
    peak: '250 毫秒内最多',
    back: '99 % 恢复用时',
    tries: '尝试次数',
    not: '还没有',
    knocks: '尝试',
    opened: '连上',
    browser: '按客户端敲门的时刻计数。Chromium 让握手逐个通过，并拖慢频繁失败的页面：一拥而上的，要等更久才能进门。',
    picture: (peak, back) => `随时间的连接尝试：250 毫秒内最多 ${peak} 次；99 % 在 ${back} 后恢复。`,
  },
}
