/** Owns the words of the three switches beside the connection. */

import type { Words } from '../language.ts'

interface SwitchWords {
  headline: string
  crash: string
  crashNote: string
  crashing: string
  press: string
  silence: string
  silenceNote: string
  refuse: string
  refuseNote: string
  left: (time: string) => string
  unreachable: string
  offline: string
}

export const switchWords: Words<SwitchWords> = {
  en: {
    headline: 'Break it',
    crash: 'Crash the server',
    crashNote: 'Sockets reset, memory gone; back in seconds.',
    crashing: 'Coming back…',
    press: 'Crash',
    silence: 'Ignore pings',
    silenceNote: 'Connected, but mute. Noticed within 7 s.',
    refuse: 'Refuse connections',
    refuseNote: 'Nobody stays, nobody gets in; the circuit opens.',
    left: (time) => `Goes back by itself in ${time}.`,
    unreachable: 'The whole process cannot be reached, so there is nothing to break just now.',
    offline: 'This device is offline, and the switches are at the server.',
  },
  zh: {
    headline: '弄坏它',
    crash: '服务器崩溃',
    crashNote: '连接被重置，内存清空，几秒后恢复。',
    crashing: '正在恢复…',
    press: '崩溃',
    silence: '不回应心跳',
    silenceNote: '连着，但不出声。7 秒内会被发现。',
    refuse: '拒绝连接',
    refuseNote: '全部断开，谁也连不上；熔断器随之打开。',
    left: (time) => `${time}后自动恢复。`,
    unreachable: '整个进程都联系不上，现在没有什么可弄坏的。',
    offline: '本设备处于离线状态，而开关在服务器那边。',
  },
}
