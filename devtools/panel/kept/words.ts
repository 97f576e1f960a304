/**
 * Owns what is said of outboxes, requests and streams, in both languages: it comes with their views. Must never say what the rest
 * of the panel says as well.
 */

import type { Language } from '../words.ts'

const english = {
  number: 'No.',
  status: 'Status',
  size: 'Size',
  age: 'Age',
  message: 'Message',
  bytesOf: 'Bytes',
  underWay: 'Under way',
  outboxName: 'Name',
  drainedBy: 'Drained by',
  thisTab: 'this tab',
  otherTab: 'another tab',
  noTab: 'nobody without a connection',
  kept: 'Kept',
  untilAcked: 'outlives the page',
  untilReload: 'until the page goes',
  ackedTo: 'Acknowledged to',
  sentTo: 'Sent to',
  nextNumber: 'Next number',
  paused: 'It pauses, and goes on in {0}.',
  nothingWaits: 'Nothing waits to be acknowledged.',
  left: 'Left',
  asked: '{0} under way, {1} asked in all.',
  topic: 'Topic',
  position: 'Position',
  epoch: 'Epoch',
  readers: 'Readers',
  liveOf: '{0} of {1} live.',
  /** What becomes of a message on its way. */
  deliveries: {
    storing: 'storing',
    stored: 'waiting',
    sent: 'sent',
    uncertain: 'uncertain',
    refused: 'refused',
    expired: 'expired',
    discarded: 'discarded',
    held: 'held',
  } as Readonly<Record<string, string>>,
  /** How far a reader of a topic is. */
  followings: {
    waiting: 'not connected',
    loading: 'loading',
    'catching-up': 'catching up',
    live: 'live',
    reset: 'reset',
    refused: 'refused',
  } as Readonly<Record<string, string>>,
}

type KeptWords = typeof english

const chinese: KeptWords = {
  number: '编号',
  status: '状态',
  size: '大小',
  age: '已过',
  message: '消息',
  bytesOf: '字节',
  underWay: '在途',
  outboxName: '名称',
  drainedBy: '由谁发送',
  thisTab: '本标签页',
  otherTab: '另一个标签页',
  noTab: '没有连接，无人发送',
  kept: '保存',
  untilAcked: '页面关闭后仍在',
  untilReload: '页面关闭即失',
  ackedTo: '已确认至',
  sentTo: '已发送至',
  nextNumber: '下一个编号',
  paused: '暂停中，{0} 后继续。',
  nothingWaits: '没有等待确认的消息。',
  left: '剩余',
  asked: '进行中 {0} 个，共发出 {1} 个。',
  topic: '主题',
  position: '位置',
  epoch: '纪元',
  readers: '读者',
  liveOf: '{1} 个中有 {0} 个实时。',
  deliveries: {
    storing: '保存中',
    stored: '等待发送',
    sent: '已发送',
    uncertain: '不确定',
    refused: '被拒绝',
    expired: '已过期',
    discarded: '已丢弃',
    held: '待处理',
  },
  followings: {
    waiting: '未连接',
    loading: '加载中',
    'catching-up': '追赶中',
    live: '实时',
    reset: '已重置',
    refused: '被拒绝',
  },
}

export const keptWordsOf = (language: Language): KeptWords => (language === 'zh' ? chinese : english)
