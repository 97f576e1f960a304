/** Owns the same words in Chinese. */

import type { Say } from './words.ts'

const number = new Intl.NumberFormat('zh-CN')

export const zh: Say = {
  title: '示例',
  intro: '用 react-websocket-reconnect 能做的六件事：每个示例都在本页运行，并附上实现它的代码。',
  chat: '聊天',
  language: 'English',
  contents: '本页示例',
  cut: '切断所有连接',
  cutNote: '服务器会直接断开本页所有访客的套接字，不发关闭帧。看它们如何各自恢复。',
  cutDone: (count) => `已切断 ${count} 个连接。`,
  cutFailed: '服务器没有响应。',
  source: '源码',
  copy: '复制',
  copied: '已复制',
  notRun: '它在你的测试里运行，也在我们的测试里运行。',
  line: {
    ...{ idle: '未连接', connecting: '正在连接', open: '已连接', waiting: '连接已断开，正在重试' },
    ...{ blocked: '连接已断开，暂停重试', closing: '正在关闭', closed: '已关闭', failed: '已放弃重试' },
  },
  ticker: {
    title: '1,000 行的行情列表',
    what: '每一行只订阅一个主题。页面上有哪些行，就向服务器订阅哪些主题，合并成一条消息；重连后自动重新订阅。',
    perSecond: (rate) => `每秒 ${number.format(rate)} 条`,
    pause: '暂停',
    rows: (rows) => `显示 ${number.format(rows)} 行`,
    received: '已收到消息：',
    missing: '与服务器计数相比缺少：',
    list: '价格',
    columns: ['主题', '价格', '消息数'],
  },
  two: {
    title: '两个套接字',
    what: '每个套接字有自己的一组 hook 和类型。关闭第二个，第一个不受影响。',
    load: (cpu, megabytes, visitors) =>
      `服务器占用一个核心的 ${cpu} %，内存 ${megabytes} MB；此套接字上有 ${visitors} 个访客。`,
    speak: '说点什么',
    close: '关闭第二个',
    open: '打开第二个',
  },
  factors: {
    title: '请求与响应',
    what: '向一个会回传 id 的服务器询问某个数的质因数。断线期间，提问会等到连接恢复。',
    number: '数字',
    ask: '提问',
    waiting: '正在等待回答……',
    errors: (code) => (code === 'REFUSED' ? '服务器只接受 2 到一万亿之间的整数。' : `没有得到回答：${code}。`),
  },
  list: {
    title: '乐观更新的列表',
    what: '新增的条目立即显示；连接或服务器中断时会保留，恢复后只送达一次。超过 30 个字符会被服务器拒绝。所有访客共用这份列表。',
    item: '要带的东西',
    add: '添加',
    waiting: '发送中',
    refused: '被拒绝：最多 30 个字符',
    discard: '丢弃',
  },
  votes: {
    title: 'GraphQL',
    what: '订阅与变更共用一个连接，服务器端是 graphql-ws。在两个标签页里投票试试。',
    tea: '茶',
    coffee: '咖啡',
    share: '茶所占的比例',
    failed: '订阅失败。',
  },
  test: {
    title: '组件测试',
    what: '在虚拟世界里测试上面的“请求与响应”：不需要服务器，时间由测试推进。',
  },
}
