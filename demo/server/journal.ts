/**
 * Owns the chat's memory: the numbered messages of every room, and the append-only file that outlives the process.
 * Must never report a message as kept before its line is on the disk, number two messages alike, or outgrow its bounds.
 *
 * The file holds one JSON value per line: a header that names the epoch, then messages; after a compaction also one line
 * per room with its last number and the ids it has seen. A page that meets another epoch knows that counting began anew.
 */

import type { Message } from '../protocol.ts'
import { type JournalFile, writeDurably } from './journal-file.ts'
import { type JournalLimits, journalLimits } from './journal-limits.ts'
import { headerLine, type Recovered, recover } from './journal-recovery.ts'
import type { JournalRooms } from './journal-rooms.ts'

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

export class Journal {
  readonly epoch: string
  readonly path: string
  readonly limits: JournalLimits
  /** Lines that could not be read when the file was opened, the torn last one included. */
  readonly damaged: number
  /** Times a message arrived that was already kept. */
  repeats = 0
  compactions = 0
  readonly #rooms: JournalRooms
  readonly #now: () => number
  readonly #file: JournalFile
  #pending: Pending[] = []
  #waiting = new Map<string, Promise<Kept>>()
  #work: Promise<void> | null = null
  #closed = false

  private constructor({ path, now = Date.now }: JournalOptions, limits: JournalLimits, recovered: Recovered) {
    this.path = path
    this.limits = limits
    this.epoch = recovered.epoch
    this.damaged = recovered.damaged
    this.#rooms = recovered.rooms
    this.#now = now
    this.#file = recovered.file
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
    const { write = writeDurably } = options
    const journal = new Journal(options, limits, await recover(options.path, limits, write))
    if (journal.bytes > limits.fileBytes / 2) await journal.#compact()
    return journal
  }

  get bytes(): number {
    return this.#file.bytes
  }

  /** Messages waiting to be written. */
  get backlog(): number {
    return this.#pending.length
  }

  rooms(): { name: string; last: number; kept: number }[] {
    return this.#rooms.list()
  }

  last(room: string): number {
    return this.#rooms.last(room)
  }

  /** The kept messages of a room after a number, oldest first. */
  since(room: string, n: number): Message[] {
    return this.#rooms.since(room, n)
  }

  /**
   * Numbers a message, dates it back by its age (ms), and resolves when it is on the disk. The same id again resolves
   * with the first one's number and date, also while the first is still being written.
   */
  keep(room: string, id: string, nick: string, text: string, age = 0): Promise<Kept> {
    const known = this.#rooms.find(room, id)
    if (known) {
      this.repeats++
      const { n, at, message } = known
      return Promise.resolve({ room, id, n, at, nick: message?.nick ?? nick, message: null, repeat: true })
    }
    const key = `${room} ${id}`
    const waiting = this.#waiting.get(key)
    if (waiting) {
      this.repeats++
      return waiting.then((kept) => ({ ...kept, message: null, repeat: true }))
    }
    if (this.#closed) return Promise.reject(new JournalError('storage-failed', 'The journal is closed.'))
    if (!this.#rooms.admits(room)) {
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
        if (!this.#rooms.admitsBeside(room, numbers.keys())) {
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
        if (this.#file.bytes + lines.length > this.limits.fileBytes) await this.#compact()
        await this.#file.append(lines)
      } catch (error) {
        // Numbers are given out only with the write, so a failed batch leaves no hole behind.
        await this.#file.mend().catch(() => {})
        for (const { pending } of made) {
          this.#waiting.delete(`${pending.room} ${pending.id}`)
          pending.failed(new JournalError('storage-failed', 'the same message again, later', error))
        }
        continue
      }
      for (const { pending, message, line } of made) {
        this.#rooms.add(pending.room, message, Buffer.byteLength(line))
        this.#waiting.delete(`${pending.room} ${pending.id}`)
        const { id, n, at, nick } = message
        pending.kept({ room: pending.room, id, n, at, nick, message, repeat: false })
      }
    }
    this.#work = null
  }

  /** Writes a new file with what is still kept, and puts it in the old one's place. */
  async #compact(): Promise<void> {
    await this.#file.replace(Buffer.from([headerLine(this.epoch), ...this.#rooms.lines()].join('')))
    this.compactions++
  }
}
