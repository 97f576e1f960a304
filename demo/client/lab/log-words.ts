/** Owns the words of the log. What the engine calls its phases and events is said as it is called. */

import type { Words } from '../language.ts'

interface LogWords {
  what: string
  nothing: string
  kept: (count: number, dropped: number) => string
  beats: string
  save: (format: string) => string
  replay: string
  load: string
  clear: string
  entries: string
  replayed: string
  agrees: (steps: number) => string
  differs: (differing: number, steps: number) => string
  notALog: (why: string) => string
  older: (count: number) => string
  columns: Readonly<Record<'time' | 'event' | 'phase' | 'until' | 'effects', string>>
  close: string
  secrets: string
}

export const logWords: Words<LogWords> = {
  en: {
    what: 'Everything that has happened to the connection of this page: transitions, messages, errors.',
    nothing:
      'Nothing is recorded here: the client was built for production, where it lets nobody look over its shoulder.',
    kept: (count, dropped) => `${count} entries${dropped ? `, ${dropped} older ones dropped` : ''}`,
    beats: 'Heartbeats, too',
    save: (format) => `Save as ${format}`,
    replay: 'Replay',
    load: 'Replay a file…',
    clear: 'Clear',
    entries: 'Entries, newest first',
    replayed: 'The replay',
    agrees: (steps) => `${steps} steps, each to the same state and deadline as recorded.`,
    differs: (differing, steps) => `${differing} of ${steps} steps lead elsewhere than recorded.`,
    notALog: (why) => `This is no log in JSON Lines: ${why}`,
    older: (count) => `${count} earlier steps are not shown.`,
    columns: { time: 'Time', event: 'Event', phase: 'Phase', until: 'Deadline', effects: 'Effects' },
    close: 'Close the replay',
    secrets: 'A saved log holds the messages of this connection.',
  },
  zh: {
    what: '本页连接经历的一切：状态转换、消息、错误。',
    nothing: '这里没有记录：客户端是生产构建，不让任何人窥视内部。',
    kept: (count, dropped) => `${count} 条记录${dropped ? `，更早的 ${dropped} 条已丢弃` : ''}`,
    beats: '包括心跳',
    save: (format) => `存为 ${format}`,
    replay: '重放',
    load: '重放文件…',
    clear: '清空',
    entries: '记录，最新的在前',
    replayed: '重放结果',
    agrees: (steps) => `${steps} 步，每一步的状态和期限都与记录一致。`,
    differs: (differing, steps) => `${steps} 步中有 ${differing} 步与记录不同。`,
    notALog: (why) => `这不是 JSON Lines 日志：${why}`,
    older: (count) => `更早的 ${count} 步未显示。`,
    columns: { time: '时间', event: '事件', phase: '阶段', until: '期限', effects: '效果' },
    close: '关闭重放',
    secrets: '保存的日志包含此连接的消息。',
  },
}
