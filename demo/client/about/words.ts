/** Owns the words that say what this page is, in both languages. */

export const aboutWords = {
  en: {
    title: 'A chat that you can break',
    what: 'The demo of',
    spare: ': kill the server, and not a message is lost.',
    source: 'Source',
    examples: 'Examples',
    other: '中文',
    ways: 'About this page',
    tenLines: 'Ten lines make it',
    lines: 'Ten lines',
  },
  zh: {
    title: '一个随你弄坏的聊天室',
    what: '演示：',
    spare: '。关掉服务器，一条消息也不会丢。',
    source: '源代码',
    examples: '示例',
    other: 'English',
    ways: '关于本页',
    tenLines: '十行代码就够了',
    lines: '十行代码',
  },
}
