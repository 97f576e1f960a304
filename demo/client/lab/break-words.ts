/** Owns the words with which the server is broken. */

import type { AttemptOutcome, FaultName } from '../../server/status.ts'
import type { Words } from '../language.ts'

export type OnceName = 'restart' | 'crash' | 'close'

interface Said {
  name: string
  /** What will be seen. */
  note: string
}

export interface BreakWords {
  whom: string
  mine: string
  everybody: string
  other: (nick: string, room: string) => string
  gone: string
  once: Readonly<Record<OnceName, Said>>
  lasting: Readonly<Record<FaultName, Said>>
  press: string
  code: string
  reason: string
  latency: string
  jitter: string
  broken: string
  nothing: string
  left: (time: string) => string
  mend: string
  view: string
  connections: (count: number, generation: number) => string
  you: string
  unnamed: string
  away: string
  heard: (time: string) => string
  tries: string
  outcomes: Readonly<Record<AttemptOutcome, string>>
  expected: (what: string) => string
  unreachable: string
}

export const breakWords: Words<BreakWords> = {
  en: {
    whom: 'For whom',
    mine: 'My connection',
    everybody: 'Everybody',
    other: (nick, room) => `${nick} in #${room}`,
    gone: 'Somebody who has left',
    once: {
      restart: { name: 'Restart', note: 'A goodbye with 1012. Clients wait 5 to 30 s, so that not all come at once.' },
      crash: { name: 'Crash', note: 'No goodbye: the line is reset, which a browser calls 1006.' },
      close: { name: 'Close', note: 'With any code: some mean “come back”, some “never again”.' },
    },
    lasting: {
      silence: { name: 'Silence', note: 'Connected, but nothing is read and nothing said. The heartbeat finds out.' },
      refuse: { name: 'Refuse', note: '503 for every attempt. The circuit opens.' },
      hang: { name: 'Hang the handshake', note: 'Attempts are never answered. The client stops waiting after 4 s.' },
      flap: { name: 'Accept and drop', note: 'In, and out at the first word. It does not count as a success.' },
      slow: { name: 'Slow network', note: 'Every frame takes longer, both ways, in its order.' },
    },
    press: 'Do it',
    code: 'Code',
    reason: 'Reason',
    latency: 'Latency, ms',
    jitter: 'Jitter, ± ms',
    broken: 'Broken now',
    nothing: 'Nothing is broken.',
    left: (time) => `mends itself in ${time}`,
    mend: 'Mend',
    view: 'What the server sees',
    connections: (count, generation) =>
      `${count} ${count === 1 ? 'connection' : 'connections'}; start number ${generation} of the chat server.`,
    you: 'you',
    unnamed: 'somebody without a name yet',
    away: 'The chat server is away.',
    heard: (time) => `heard ${time} ago`,
    tries: 'Latest attempts',
    outcomes: {
      accepted: 'accepted',
      refused: 'refused',
      down: 'nobody there',
      foreign: 'foreign site',
      full: 'full',
      hung: 'not answered',
      dropped: 'dropped',
    },
    expected: (what) => `The server expected ${what}.`,
    unreachable: 'The process cannot be reached.',
  },
  zh: {
    whom: '对谁',
    mine: '我的连接',
    everybody: '所有人',
    other: (nick, room) => `${nick}（#${room}）`,
    gone: '已离开的人',
    once: {
      restart: { name: '重启', note: '以 1012 告别。客户端会等 5 到 30 秒，免得一拥而上。' },
      crash: { name: '崩溃', note: '不告而别：连接被重置，浏览器称之为 1006。' },
      close: { name: '关闭', note: '任意关闭码：有的表示“稍后再来”，有的表示“别再来”。' },
    },
    lasting: {
      silence: { name: '沉默', note: '连着，但既不读也不说。心跳会发现。' },
      refuse: { name: '拒绝', note: '每次尝试都得到 503。熔断器随之打开。' },
      hang: { name: '握手无应答', note: '尝试永远得不到回应。客户端 4 秒后不再等。' },
      flap: { name: '接受后断开', note: '刚连上，一开口就断。这不算成功。' },
      slow: { name: '慢速网络', note: '每一帧都变慢，双向如此，顺序不变。' },
    },
    press: '执行',
    code: '关闭码',
    reason: '原因',
    latency: '延迟（毫秒）',
    jitter: '抖动（± 毫秒）',
    broken: '当前故障',
    nothing: '一切正常。',
    left: (time) => `${time}后自动恢复`,
    mend: '修好',
    view: '服务器看到的',
    connections: (count, generation) => `${count} 个连接；聊天服务器第 ${generation} 次启动。`,
    you: '你',
    unnamed: '还没有名字的人',
    away: '聊天服务器不在。',
    heard: (time) => `${time}前有过消息`,
    tries: '最近的连接尝试',
    outcomes: {
      accepted: '已接受',
      refused: '被拒绝',
      down: '无人应答',
      foreign: '外站',
      full: '已满',
      hung: '未回应',
      dropped: '接受后断开',
    },
    expected: (what) => `服务器要求的是：${what}。`,
    unreachable: '联系不上服务器进程。',
  },
}
