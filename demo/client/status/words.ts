/** Owns the words of the connection's card and details, and the badge's in Chinese; its English ones it brings along. */

import type { Words } from '../language.ts'
import type { BadgeWords } from '../StatusBadge.tsx'

const chineseBadge: BadgeWords = {
  offline: ['本机已离线', '网络恢复后会自动连接。'],
  open: ['已连接', '消息即时送达。'],
  unanswered: '线路已通，服务器尚未应答。',
  connecting: (again, tries) => `${again ? '正在重连' : '正在连接'}${tries > 0 ? `，第 ${tries} 次` : ''}`,
  dialling: '等待服务器应答。',
  resting: ['休息中', '页面不可见；再次查看时会自动连接。'],
  lost: (known) => (known ? '连接已断开' : '尚未连接'),
  blocked: ['暂停重试', '失败次数过多，先让服务器喘口气。'],
  failed: '已放弃',
  closing: ['正在关闭', '正在与服务器道别。'],
  closed: (known) => [known ? '已断开' : '未连接', '当前不需要连接。'],
  idle: ['未连接', '还没有人要求连接。'],
  errors: {
    HEARTBEAT_TIMEOUT: '服务器不再应答。',
    CONNECT_TIMEOUT: '服务器未及时应答。',
    HANDSHAKE_FAILED: '无法连接到服务器。',
    CIRCUIT_OPEN: '暂时不再尝试。',
    NO_URL: '没有可连接的地址。',
  },
  unknown: '无法建立连接。',
  closes: { 1001: '服务器正在停止。', 1006: '连接中断。' },
  closedBy: (code) => `服务器关闭了连接（${code}）。`,
  fatal: (code) => `服务器永久关闭了连接（${code}）。`,
  replaced: '正在更换连接。',
  countdown: (isTrial, seconds) => `${seconds} 秒后${isTrial ? '试探' : '重试'}`,
  stop: '：',
  moves: { busy: '请稍候…', open: '重新连接', wanted: '立即重试', idle: '连接' },
}

export const cardWords: Words<{
  connection: string
  joining: string
  details: string
  fold: string
  badge: BadgeWords | undefined
}> = {
  en: { connection: 'Connection', joining: 'Joining the room', details: 'Details', fold: 'Fold', badge: undefined },
  zh: { connection: '连接', joining: '正在加入房间', details: '详情', fold: '收起', badge: chineseBadge },
}

export const detailWords = {
  en: {
    headline: 'In detail',
    minuteAgo: 'a minute ago',
    now: 'now',
    figures: {
      'Connected for': 'Connected for',
      'Round trip': 'Round trip',
      Retries: 'Retries',
      'Last heard': 'Last heard',
      Connections: 'Connections',
    },
    justNow: 'just now',
    ago: (time: string) => `${time} ago`,
    circuit: 'Circuit',
    states: { CLOSED: 'closed', OPEN: 'open: nothing dials', 'HALF-OPEN': 'half-open: trying carefully' },
    failures: (count: number, most: number) => `${count} of ${most} failures`,
  },
  zh: {
    headline: '详细信息',
    minuteAgo: '一分钟前',
    now: '现在',
    figures: {
      'Connected for': '已连接',
      'Round trip': '往返时延',
      Retries: '重试次数',
      'Last heard': '最近来信',
      Connections: '连接次数',
    },
    justNow: '刚刚',
    ago: (time: string) => `${time}前`,
    circuit: '熔断器',
    states: { CLOSED: '闭合', OPEN: '断开：不再拨号', 'HALF-OPEN': '半开：谨慎试探' },
    failures: (count: number, most: number) => `失败 ${count} / ${most} 次`,
  },
}

export type Figure = keyof typeof detailWords.en.figures
