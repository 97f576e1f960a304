/** Owns the words of the laboratory's frame. */

import type { Words } from '../language.ts'

export type TabName = 'break' | 'devtools' | 'fleet' | 'log'

interface LabWords {
  name: string
  close: string
  tabs: Readonly<Record<TabName, string>>
  loading: string
}

export const labWords: Words<LabWords> = {
  en: {
    name: 'Laboratory',
    close: 'Close the laboratory',
    tabs: { break: 'Break the server', devtools: 'Devtools', fleet: 'Fleet', log: 'Log' },
    loading: 'Loading…',
  },
  zh: {
    name: '实验室',
    close: '关闭实验室',
    tabs: { break: '弄坏服务器', devtools: '开发者工具', fleet: '连接群', log: '日志' },
    loading: '加载中…',
  },
}
