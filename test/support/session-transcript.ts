/** Owns the transcript of docs/SESSION-WIRE.md: reading it, and playing the client's part of it to any server. */

import { read } from './markdown.ts'

export interface TranscriptConnection {
  readonly user: string
  /** What is said, and all that is answered before the next word. */
  readonly turns: { readonly say: string; readonly hear: (Record<string, unknown> | number)[] }[]
}

export function readTranscript(): TranscriptConnection[] {
  const [, block = ''] = /```transcript\n([^]*?)```/.exec(read('docs/SESSION-WIRE.md').text) ?? []
  const connections: TranscriptConnection[] = []
  for (const line of block.split('\n').filter(Boolean)) {
    const [mark, text] = [line.slice(0, 2), line.slice(2).trim()]
    const turns = connections[connections.length - 1]?.turns
    if (mark === '--') connections.push({ user: text, turns: [] })
    else if (mark === '> ') turns?.push({ say: text, hear: [] })
    else if (mark === '< ') turns?.[turns.length - 1]?.hear.push(JSON.parse(text))
    else throw new Error(`a line of the transcript begins with none of its marks: ${line}`)
  }
  return connections
}

/** What of a turn may come in any order: acks and the like, each request, each topic. */
export const lane = (heard: unknown): string => {
  const { s, p } = Object(heard)
  return s === undefined ? (p === undefined ? 'messages' : `request ${p}`) : `topic ${s}`
}

export const inLanes = (heard: readonly unknown[]) =>
  [...heard]
    .map((frame) => [lane(frame), frame] as const)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
