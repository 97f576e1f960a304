/**
 * Owns the moment a journal is opened: what of a file can still be trusted, whatever the process that wrote it died of.
 * Must never overwrite a file that may be somebody else's, nor count a line that is not whole.
 */

import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JournalFile, readHeader, type writeDurably } from './journal-file.ts'
import type { JournalLimits } from './journal-limits.ts'
import { JournalRooms } from './journal-rooms.ts'

export interface Recovered {
  epoch: string
  rooms: JournalRooms
  file: JournalFile
  /** Lines that could not be read, the torn last one included. */
  damaged: number
}

/** The first line of a file. */
export const headerLine = (epoch: string): string => `${JSON.stringify({ journal: 1, epoch })}\n`

/** Reads the file, or makes it if there is none. */
export async function recover(path: string, limits: JournalLimits, write: typeof writeDurably): Promise<Recovered> {
  await mkdir(dirname(path), { recursive: true })
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  const end = content.lastIndexOf(10) + 1
  const lines = content.toString('utf8', 0, end).split('\n').slice(0, -1)
  const tail = content.toString('utf8', end)
  const epoch = readHeader(lines[0] ?? tail)
  const rooms = new JournalRooms(limits)
  let damaged = 0
  if (epoch === null) {
    if (content.length > 0) {
      // No line of it can be trusted to be ours; set it aside rather than overwrite somebody's file.
      await rename(path, `${path}.damaged`)
      damaged = lines.length + (tail ? 1 : 0)
    }
    const fresh = randomUUID()
    return { epoch: fresh, rooms, file: await JournalFile.create(path, write, headerLine(fresh)), damaged }
  }
  for (const line of lines.slice(1)) if (!rooms.readLine(line)) damaged++
  // The process may have died while it wrote the last line. Whole, it counts; torn, nobody was told of it, and it goes.
  const whole = tail !== '' && (lines.length === 0 || rooms.readLine(tail))
  const file = await JournalFile.resume(path, write, whole ? content.length : end)
  if (whole) await file.append(Buffer.from('\n'))
  else if (tail !== '') {
    damaged++
    await file.mend()
  }
  return { epoch, rooms, file, damaged }
}
