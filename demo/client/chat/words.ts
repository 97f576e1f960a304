/** Owns the words of the conversation, in both languages. What people wrote is not among them. */

import { bounds } from '../../protocol.ts'
import type { Words } from '../language.ts'

const one = (count: number, single: string, several: string) => (count === 1 ? single : `${count} ${several}`)

export interface LogWords {
  log: (room: string) => string
  empty: string
  unjoined: string
  older: string
  loading: string
  beginning: (room: string) => string
  gone: (count: number, isFirst: boolean) => string
  recovered: (count: number) => string
  line: string
  newest: string
  unread: (count: string, isOne: boolean) => string
  today: string
  yesterday: string
  typing: (nicks: readonly string[]) => string
}

const en: LogWords = {
  log: (room) => `Messages in #${room}`,
  empty: 'Nobody has written here yet.',
  unjoined: 'The messages of this room appear when it is joined.',
  older: 'Show older messages',
  loading: 'Loading…',
  beginning: (room) => `This is where #${room} begins.`,
  gone: (count, isFirst) =>
    `${count} ${isFirst ? 'earlier ' : ''}${count === 1 ? 'message is' : 'messages are'} no longer kept`,
  recovered: (count) => one(count, '1 message recovered', 'messages recovered'),
  line: 'New',
  newest: 'Jump to newest',
  unread: (count, isOne) => `${count} new ${isOne ? 'message' : 'messages'}`,
  today: 'Today',
  yesterday: 'Yesterday',
  typing(nicks) {
    if (nicks.length > 2) return 'Several people are writing…'
    return nicks.length === 2 ? `${nicks[0]} and ${nicks[1]} are writing…` : `${nicks[0]} is writing…`
  },
}

const zh: LogWords = {
  log: (room) => `#${room} 的消息`,
  empty: '这里还没有人发言。',
  unjoined: '加入房间后，这里会显示消息。',
  older: '查看更早的消息',
  loading: '加载中…',
  beginning: (room) => `#${room} 从这里开始。`,
  gone: (count, isFirst) => `${isFirst ? '更早的' : '中间'} ${count} 条消息已不再保留`,
  recovered: (count) => `已补回 ${count} 条消息`,
  line: '新消息',
  newest: '回到最新',
  unread: (count) => `${count} 条新消息`,
  today: '今天',
  yesterday: '昨天',
  typing: (nicks) => (nicks.length > 2 ? '多人正在输入…' : `${nicks.join('、')} 正在输入…`),
}

export const logWords: Words<LogWords> = { en, zh }

/** What the server says it expected, in its own words: `"text": 1 to 2000 characters, …`. */
const inChinese: [RegExp, string][] = [
  [/^"room"/, '房间名须为 1–32 个字母、数字或连字符'],
  [/^"nick"/, "昵称须为 1–24 个字母、数字、空格或 . _ ' -"],
  [/^"text"/, '消息须为 1–2000 个字符，不能为空白'],
  [/^one of the (\d+) rooms/, '房间数已达上限，请换一个已有的房间'],
  [/^a room with fewer than/, '这个房间人数已满'],
  [/^it within a week/, '消息须在一周内送达'],
]

export const messageWords: Words<{
  status: Record<'waiting' | 'sent' | 'delivered' | 'refused', string>
  expected: (why: string | undefined) => string
  retry: string
  discard: string
}> = {
  en: {
    status: { waiting: 'waiting', sent: 'sent', delivered: 'delivered', refused: 'refused' },
    expected: (why) => `The server expected ${why}.`,
    retry: 'Try again',
    discard: 'Discard',
  },
  zh: {
    status: { waiting: '等待发送', sent: '已发出', delivered: '已送达', refused: '被拒绝' },
    expected: (why = '') => `${inChinese.find(([pattern]) => pattern.test(why))?.[1] ?? `服务器要求：${why}`}。`,
    retry: '重试',
    discard: '丢弃',
  },
}

export const composerWords = {
  en: {
    label: 'Message',
    send: 'Send',
    write: (room: string) => `Write to #${room}`,
    later: 'It goes out later',
    keys: 'Enter sends · Shift+Enter: new line',
    left: (count: number) => `${count} characters left.`,
    unkept: 'This browser cannot keep the message, so it was not sent.',
    unjoined: (expected: string) => `This room cannot be joined. The server expected ${expected}.`,
    full: `${bounds.outbox} messages are on their way; no more are kept. Write on when some are delivered.`,
    waiting(count: number, keeps: boolean) {
      const what =
        count === 1 ? 'One message waits and goes out by itself' : `${count} messages wait and go out by themselves`
      if (keeps) return `${what}, from your next tab if you close this one.`
      return `${what}. Closing or reloading the tab loses ${count === 1 ? 'it' : 'them'}.`
    },
    stuck: (keeps: boolean) =>
      `Nothing goes out just now. What you send waits${keeps ? ', even if you close the tab.' : '. Closing or reloading the tab loses it.'}`,
  },
  zh: {
    label: '消息',
    send: '发送',
    write: (room: string) => `发送到 #${room}`,
    later: '稍后自动发出',
    keys: 'Enter 发送 · Shift+Enter 换行',
    left: (count: number) => `还可输入 ${count} 个字符。`,
    unkept: '浏览器无法保存这条消息，因此没有发送。',
    unjoined: (expected: string) =>
      `无法加入这个房间：${inChinese.find(([pattern]) => pattern.test(expected))?.[1] ?? expected}。`,
    full: `已有 ${bounds.outbox} 条消息待送达，不能再多了；送达一些后再继续。`,
    waiting: (count: number, keeps: boolean) =>
      `${count} 条消息等待中，恢复后自动发出${keeps ? '；关掉这个标签页，下一个也会替你发。' : '。关闭或刷新标签页会丢失。'}`,
    stuck: (keeps: boolean) =>
      `暂时发不出去，写下的会先等着${keeps ? '，关掉标签页也不丢。' : '。关闭或刷新标签页会丢失。'}`,
  },
}

export const identityWords = {
  en: {
    room: 'Room',
    you: 'You',
    another: 'Open another tab',
    roomRule: 'A room has letters, digits and - in its name, up to 32.',
    nickRule: "A name has letters, digits, spaces and . _ ' - in it, up to 24.",
    refused: (text: string, rule: string) => `“${text}” was not taken. ${rule}`,
    here: 'Here now',
    me: 'you',
    tabs: (count: number) => `in ${count} tabs`,
    others: (count: number) => `and ${count} more`,
    unknown: 'Who is here is not known now.',
  },
  zh: {
    room: '房间',
    you: '昵称',
    another: '再开一个标签页',
    roomRule: '房间名由字母、数字和 - 组成，最多 32 个字符。',
    nickRule: "昵称由字母、数字、空格和 . _ ' - 组成，最多 24 个字符。",
    refused: (text: string, rule: string) => `未采用“${text}”。${rule}`,
    here: '当前在线',
    me: '我',
    tabs: (count: number) => `开了 ${count} 个标签页`,
    others: (count: number) => `还有 ${count} 人`,
    unknown: '暂时不知道谁在线。',
  },
}
