/**
 * Owns the chat's memory: the numbered messages of every room, and the append-only file that outlives the process.
 * Must never report a message as kept before its line is on the disk, number two messages alike, or outgrow its bounds.
 *
 * The file holds one JSON value per line: a header that names the epoch, then messages; after a compaction also one line
 * per room with its last number and the ids it has seen. A page that meets another epoch knows that counting began anew.
 */

import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bounds, idPattern, type Message, nickFault, roomFault, textFault } from '../protocol.ts'

export interface JournalLimits {
  rooms: number
  /** Messages kept per room. */
  messages: number
  /** Bytes kept per room, counted as lines of the file. */
  roomBytes: number
  /** Ids remembered per room, so that a late repeat of a message no longer kept is still known as one. */
  ids: number
  /** Size of the file; compacted before it would be exceeded. */
  fileBytes: number
  /** Messages waiting to be written. */
  pending: number
}

export const journalLimits: JournalLimits = {
  rooms: 32,
  messages: bounds.history,
  roomBytes: 128 * 1024,
  ids: 1000,
  fileBytes: 16 * 1024 * 1024,
  pending: 1000,
}

export interface JournalOptions {
  path: string
  limits?: Partial<JournalLimits>
  now?: () => number
  /** How a batch reaches the disk; tests hold it back or let it fail. */
  write?: typeof writeDurably
}

/** What became of a message that was to be kept. */
export type Kept = {
  room: string
  id: string
  n: number
  at: number
  /** Whose name it was kept under. */
  nick: string
  message: Message | null
  repeat: boolean
}

/** Thrown when a message cannot be kept; the page may try again later. */
export class JournalError extends Error {
  readonly code: 'too-many-rooms' | 'busy' | 'storage-failed'

  constructor(code: JournalError['code'], text: string, cause?: unknown) {
    super(text, { cause })
    this.name = 'JournalError'
    this.code = code
  }
}

interface Room {
  last: number
  messages: { message: Message; size: number }[]
  bytes: number
  /** id → number and time, oldest first. */
  ids: Map<string, { n: number; at: number }>
}

interface Pending {
  room: string
  id: string
  nick: string
  text: string
  at: number
  kept: (kept: Kept) => void
  failed: (error: JournalError) => void
  promise: Promise<Kept>
}

/** Writes at a position and waits until the disk has it. */
export async function writeDurably(file: FileHandle, lines: Buffer, position: number): Promise<void> {
  for (let done = 0; done < lines.length; ) {
    const { bytesWritten } = await file.write(lines, done, lines.length - done, position + done)
    done += bytesWritten
  }
  await file.datasync()
}

export class Journal {
  readonly epoch: string
  readonly path: string
  readonly limits: JournalLimits
  /** Lines that could not be read when the file was opened, the torn last one included. */
  damaged = 0
  /** Times a message arrived that was already kept. */
  repeats = 0
  compactions = 0
  readonly #rooms: Map<string, Room>
  readonly #now: () => number
  readonly #write: typeof writeDurably
  #file: FileHandle
  #bytes: number
  #dirty = false
  #pending: Pending[] = []
  #waiting = new Map<string, Promise<Kept>>()
  #work: Promise<void> | null = null
  #closed = false

  private constructor(
    options: JournalOptions,
    limits: JournalLimits,
    epoch: string,
    rooms: Map<string, Room>,
    file: FileHandle,
    bytes: number,
  ) {
    this.path = options.path
    this.limits = limits
    this.epoch = epoch
    this.#rooms = rooms
    this.#now = options.now || Date.now
    this.#write = options.write || writeDurably
    this.#file = file
    this.#bytes = bytes
  }

  /** Opens the file, makes it if there is none, and reads what it holds. */
  static async open(options: JournalOptions): Promise<Journal> {
    const limits = { ...journalLimits, ...options.limits }
    // A compacted file must fit twice into the bound, or it would be compacted again after every message.
    const worst = limits.rooms * (limits.roomBytes + limits.ids * 112 + 256)
    if (worst > limits.fileBytes / 2) {
      throw new RangeError(
        `Journal: "fileBytes" must be at least ${worst * 2} for these limits, got ${limits.fileBytes}; keep less per room.`,
      )
    }
    await mkdir(dirname(options.path), { recursive: true })
    const content = await readFile(options.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0)
      throw error
    })
    const end = content.lastIndexOf(10) + 1
    const lines = content.toString('utf8', 0, end).split('\n').slice(0, -1)
    const tail = content.toString('utf8', end)
    const epoch = readHeader(lines[0] ?? tail)
    let damaged = 0
    if (epoch === null && content.length > 0) {
      // No line of it can be trusted to be ours; set it aside rather than overwrite somebody's file.
      await rename(options.path, `${options.path}.damaged`)
      damaged = lines.length + (tail ? 1 : 0)
    }
    const rooms = new Map<string, Room>()
    const file = await open(options.path, epoch === null ? 'w' : 'r+')
    const journal = new Journal(options, limits, epoch ?? randomUUID(), rooms, file, epoch === null ? 0 : end)
    if (epoch === null) {
      await journal.#write(file, Buffer.from(`${JSON.stringify({ journal: 1, epoch: journal.epoch })}\n`), 0)
      journal.#bytes = (await file.stat()).size
      await syncFolder(options.path)
    } else {
      for (const line of lines.slice(1)) if (!journal.#readLine(line)) damaged++
      if (tail !== '') {
        // The process died while it wrote this line. Whole, it counts; torn, nobody was told of it, and it goes.
        if (lines.length > 0 && journal.#readLine(tail)) await journal.#write(file, Buffer.from('\n'), content.length)
        else if (lines.length > 0) {
          damaged++
          await file.truncate(end)
        } else await journal.#write(file, Buffer.from('\n'), content.length)
        journal.#bytes = (await file.stat()).size
      }
    }
    journal.damaged = damaged
    if (journal.#bytes > limits.fileBytes / 2) await journal.#compact()
    return journal
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Messages waiting to be written. */
  get backlog(): number {
    return this.#pending.length
  }

  rooms(): { name: string; last: number; kept: number }[] {
    return [...this.#rooms].map(([name, room]) => ({ name, last: room.last, kept: room.messages.length }))
  }

  last(room: string): number {
    return this.#rooms.get(room)?.last ?? 0
  }

  /** Whether a message to this room could be kept: it exists, or there is space for one more. */
  admits(room: string): boolean {
    return this.#rooms.has(room) || this.#rooms.size < this.limits.rooms
  }

  /** The kept messages of a room after a number, oldest first. */
  since(room: string, n: number): Message[] {
    const messages = this.#rooms.get(room)?.messages ?? []
    return messages.filter(({ message }) => message.n > n).map(({ message }) => message)
  }

  /**
   * Numbers a message, dates it back by its age (ms), and resolves when it is on the disk. The same id again resolves with the first one's number, also
   * while the first is still being written.
   */
  keep(room: string, id: string, nick: string, text: string, age = 0): Promise<Kept> {
    const known = this.#rooms.get(room)?.ids.get(id)
    if (known) {
      this.repeats++
      const original = this.#rooms.get(room)?.messages.find(({ message }) => message.id === id)?.message
      return Promise.resolve({ room, id, ...known, nick: original?.nick ?? nick, message: null, repeat: true })
    }
    const key = `${room} ${id}`
    const waiting = this.#waiting.get(key)
    if (waiting) {
      this.repeats++
      return waiting.then((kept) => ({ ...kept, message: null, repeat: true }))
    }
    if (this.#closed) return Promise.reject(new JournalError('storage-failed', 'The journal is closed.'))
    if (!this.admits(room)) {
      return Promise.reject(new JournalError('too-many-rooms', `one of the ${this.limits.rooms} rooms there are`))
    }
    if (this.#pending.length >= this.limits.pending) {
      return Promise.reject(new JournalError('busy', 'the same message again, later'))
    }
    let kept!: Pending['kept']
    let failed!: Pending['failed']
    const promise = new Promise<Kept>((resolve, reject) => {
      kept = resolve
      failed = reject
    })
    const at = Math.max(0, this.#now() - age)
    this.#pending.push({ room, id, nick, text, at, kept, failed, promise })
    this.#waiting.set(key, promise)
    this.#work ??= this.#drain()
    return promise
  }

  /** Forgets what is not yet being written, waits for what is, and lets the file go. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const { failed, promise } of this.#pending.splice(0)) {
      promise.catch(() => {})
      failed(new JournalError('storage-failed', 'The journal was closed before the message was written.'))
    }
    await this.#work
    await this.#file.close()
  }

  /** Writes everything pending, one batch at a time, until nothing is left. */
  async #drain(): Promise<void> {
    // The first batch gathers all that this task still adds: one write and one sync for all of it.
    await null
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, 128)
      const numbers = new Map<string, number>()
      const made: { pending: Pending; message: Message; line: string }[] = []
      for (const pending of batch) {
        const { room, id, nick, text, at } = pending
        if (
          !this.#rooms.has(room) &&
          !numbers.has(room) &&
          this.#rooms.size + unseen(numbers, this.#rooms) >= this.limits.rooms
        ) {
          this.#waiting.delete(`${room} ${id}`)
          pending.failed(new JournalError('too-many-rooms', `one of the ${this.limits.rooms} rooms there are`))
          continue
        }
        const n = (numbers.get(room) ?? this.last(room)) + 1
        numbers.set(room, n)
        const message = { n, id, nick, text, at }
        made.push({ pending, message, line: `${JSON.stringify({ room, ...message })}\n` })
      }
      const lines = Buffer.from(made.map(({ line }) => line).join(''))
      try {
        if (this.#dirty) await this.#mend()
        if (this.#bytes + lines.length > this.limits.fileBytes) await this.#compact()
        this.#dirty = true
        await this.#write(this.#file, lines, this.#bytes)
        this.#dirty = false
      } catch (error) {
        // Numbers are given out only with the write, so a failed batch leaves no hole behind.
        await this.#mend().catch(() => {})
        for (const { pending } of made) {
          this.#waiting.delete(`${pending.room} ${pending.id}`)
          pending.failed(new JournalError('storage-failed', 'the same message again, later', error))
        }
        continue
      }
      this.#bytes += lines.length
      for (const { pending, message, line } of made) {
        this.#add(pending.room, message, Buffer.byteLength(line))
        this.#waiting.delete(`${pending.room} ${pending.id}`)
        const { id, n, at, nick } = message
        pending.kept({ room: pending.room, id, n, at, nick, message, repeat: false })
      }
    }
    this.#work = null
  }

  /** Cuts off what a failed write may have left behind the last good line. */
  async #mend(): Promise<void> {
    await this.#file.truncate(this.#bytes)
    this.#dirty = false
  }

  /** Writes a new file with what is still kept, and puts it in the old one's place. */
  async #compact(): Promise<void> {
    const parts = [`${JSON.stringify({ journal: 1, epoch: this.epoch })}\n`]
    for (const [name, room] of this.#rooms) {
      const ids = [...room.ids].map(([id, { n, at }]) => [id, n, at])
      parts.push(`${JSON.stringify({ room: name, last: room.last, ids })}\n`)
      for (const { message } of room.messages) parts.push(`${JSON.stringify({ room: name, ...message })}\n`)
    }
    const content = Buffer.from(parts.join(''))
    const fresh = await open(`${this.path}.new`, 'w')
    try {
      await writeDurably(fresh, content, 0)
    } finally {
      await fresh.close()
    }
    // Closed first, because Windows renames over no open file; whatever lies there afterwards is opened again.
    await this.#file.close()
    try {
      await rename(`${this.path}.new`, this.path)
      this.#bytes = content.length
    } finally {
      this.#file = await open(this.path, 'r+')
    }
    await syncFolder(this.path)
    this.#dirty = false
    this.compactions++
  }

  #room(name: string): Room {
    let room = this.#rooms.get(name)
    if (!room) {
      room = { last: 0, messages: [], bytes: 0, ids: new Map() }
      this.#rooms.set(name, room)
    }
    return room
  }

  #add(name: string, message: Message, size: number): void {
    const room = this.#room(name)
    room.last = message.n
    room.messages.push({ message, size })
    room.bytes += size
    this.#remember(room, message.id, message.n, message.at)
    while (room.messages.length > this.limits.messages || (room.bytes > this.limits.roomBytes && room.messages[1])) {
      room.bytes -= room.messages.shift()?.size ?? 0
    }
  }

  #remember(room: Room, id: string, n: number, at: number): void {
    room.ids.set(id, { n, at })
    for (const oldest of room.ids.keys()) {
      if (room.ids.size <= this.limits.ids) break
      room.ids.delete(oldest)
    }
  }

  /** Takes a line of the file into memory; false if it is none of ours. */
  #readLine(line: string): boolean {
    const value = parse(line)
    const { room: name, last, ids, n, id, nick, text, at } = value
    if (typeof name !== 'string' || roomFault(name) || !this.admits(name)) return false
    if (Array.isArray(ids)) {
      if (!isCount(last)) return false
      const room = this.#room(name)
      room.last = Math.max(room.last, last)
      for (const entry of ids) {
        const [oldId, oldN, oldAt] = Array.isArray(entry) ? entry : []
        if (typeof oldId === 'string' && idPattern.test(oldId) && isCount(oldN) && isCount(oldAt)) {
          this.#remember(room, oldId, oldN, oldAt)
        }
      }
      return true
    }
    if (!isCount(n) || !isCount(at) || typeof id !== 'string' || !idPattern.test(id)) return false
    if (nickFault(nick) || textFault(text)) return false
    // After a compaction the room's own line has come first, so its messages may be at or below the last number.
    const kept = this.#rooms.get(name)?.messages.at(-1)?.message.n ?? 0
    if (n <= kept) return false
    const before = this.last(name)
    const message: Message = { n, id, nick: nick as string, text: text as string, at }
    this.#add(name, message, Buffer.byteLength(line) + 1)
    this.#room(name).last = Math.max(before, n)
    return true
  }
}

function unseen(numbers: Map<string, number>, rooms: Map<string, Room>): number {
  let count = 0
  for (const name of numbers.keys()) if (!rooms.has(name)) count++
  return count
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function readHeader(line: string): string | null {
  const { journal, epoch } = parse(line)
  return journal === 1 && typeof epoch === 'string' && epoch.length > 0 && epoch.length <= 64 ? epoch : null
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** A rename is only durable once its folder is; Windows cannot open folders and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => null)
  await folder?.sync().catch(() => {})
  await folder?.close()
}
