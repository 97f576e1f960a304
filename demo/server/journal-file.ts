/**
 * Owns the journal's file: how lines reach the disk, how a failed write is cut off again, how the file is replaced by a
 * shorter one, and how a line is read. Must never report what the disk has not confirmed.
 */

import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes at a position and waits until the disk has it. */
export async function writeDurably(file: FileHandle, lines: Buffer, position: number): Promise<void> {
  for (let done = 0; done < lines.length; ) {
    const { bytesWritten } = await file.write(lines, done, lines.length - done, position + done)
    done += bytesWritten
  }
  await file.datasync()
}

/** A rename is only durable once its folder is; Windows cannot open folders and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => null)
  await folder?.sync().catch(() => {})
  await folder?.close()
}

export class JournalFile {
  readonly #path: string
  readonly #write: typeof writeDurably
  #file: FileHandle
  /** Bytes up to the end of the last good line. */
  #bytes: number
  #dirty = false

  private constructor(path: string, write: typeof writeDurably, file: FileHandle, bytes: number) {
    this.#path = path
    this.#write = write
    this.#file = file
    this.#bytes = bytes
  }

  /** A new file with its first line. */
  static async create(path: string, write: typeof writeDurably, line: string): Promise<JournalFile> {
    const file = new JournalFile(path, write, await open(path, 'w'), 0)
    await file.append(Buffer.from(line))
    await syncFolder(path)
    return file
  }

  /** The file that is there, of which so many bytes are good. */
  static async resume(path: string, write: typeof writeDurably, bytes: number): Promise<JournalFile> {
    return new JournalFile(path, write, await open(path, 'r+'), bytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  async append(lines: Buffer): Promise<void> {
    if (this.#dirty) await this.mend()
    this.#dirty = true
    await this.#write(this.#file, lines, this.#bytes)
    this.#dirty = false
    this.#bytes += lines.length
  }

  /** Cuts off what a failed write may have left behind the last good line. */
  async mend(): Promise<void> {
    await this.#file.truncate(this.#bytes)
    this.#dirty = false
  }

  /** Puts a new file into the old one's place. */
  async replace(content: Buffer): Promise<void> {
    const fresh = await open(`${this.#path}.new`, 'w')
    try {
      await writeDurably(fresh, content, 0)
    } finally {
      await fresh.close()
    }
    // Closed first, because Windows renames over no open file; whatever lies there afterwards is opened again.
    await this.#file.close()
    try {
      await rename(`${this.#path}.new`, this.#path)
      this.#bytes = content.length
    } finally {
      this.#file = await open(this.#path, 'r+')
    }
    await syncFolder(this.#path)
    this.#dirty = false
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** A line's value, or an empty object for what is no object. */
export function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The epoch that a header names, or null if it is none of ours. */
export function readHeader(line: string): string | null {
  const { journal, epoch } = parse(line)
  return journal === 1 && typeof epoch === 'string' && epoch.length > 0 && epoch.length <= 64 ? epoch : null
}
