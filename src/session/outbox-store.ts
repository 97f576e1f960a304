/**
 * Owns what an outbox asks of the place that keeps it, so that a message outlives the page that wrote it. Types.
 * Must never name a database, a connection or a frame.
 */

/** A message as it is kept: what a structured clone can carry. */
export interface StoredMessage {
  readonly n: number
  /** As it goes into its frame. */
  readonly data: unknown
  /** When it was written, epoch ms. */
  readonly at: number
  /** Bytes of its frame. */
  readonly size: number
  readonly key?: string | undefined
  /** The server lost its memory after this had been sent: it may be done twice. */
  readonly isUncertain?: boolean | undefined
  /** It waits for `retry` or `discard`. */
  readonly isHeld?: boolean | undefined
  /** It will not be sent any more, and is kept to be looked at. */
  readonly end?: 'refused' | 'expired' | 'discarded' | undefined
  readonly why?: string | undefined
  /** Nobody wants to look at it any more; it stays a while, so that other tabs learn its end. */
  readonly isGone?: boolean | undefined
}

/** A message without its number, which is drawn where it is stored. */
export interface NewMessage extends Omit<StoredMessage, 'n'> {
  /** This one goes in the same step; of one that has an end, its end stays. */
  readonly replaces?: number | undefined
}

/** What is kept beside the messages. */
export interface OutboxState {
  /** Who writes: one id for all tabs, drawn with the store. */
  readonly client: string
  /** The number of the next message. */
  readonly next: number
  /** Everything up to here is done. */
  readonly acked: number
  /** The mark: everything up to here may have been sent (S8). */
  readonly sent: number
  /** To a server of this epoch. */
  readonly epoch?: string | undefined
  /** Up to here, the ends of messages that were not done are no longer kept. */
  readonly forgotten: number
}

export interface OutboxContents extends OutboxState {
  /** By number. */
  readonly messages: readonly StoredMessage[]
}

/** Numbers, and whose they are: somebody may have cleared the store meanwhile, and then they are another client's. */
export interface Numbered {
  readonly client: string
  readonly first: number
}

/** One step, all of it or nothing; nothing where the store is another client's by now. */
export interface OutboxChange {
  readonly client: string
  readonly remove?: readonly number[] | undefined
  /** Replaces; never brings back what is gone. */
  readonly replace?: readonly StoredMessage[] | undefined
  /** Numbers only rise: another tab may be further. */
  readonly state?: Partial<OutboxState> | undefined
}

/** The outbox of one name, open. Other tabs may have it open as well. */
export interface OpenOutbox {
  /** Whether what it keeps outlives the page. May become false. */
  readonly isDurable: boolean
  /** Bytes that may still be kept, where that is known. */
  readonly room?: number | undefined
  /**
   * Draws numbers for the messages, in their order and with no number left out, and keeps them; resolves with the first
   * number, which is `first` or more. Asked with messages that replace none, it must have begun to keep them when it returns: the
   * page may go in this very task. Rejects, having kept nothing, where there is no room.
   */
  add(messages: readonly NewMessage[], first?: number): Promise<Numbered>
  read(): Promise<OutboxContents>
  change(change: OutboxChange): Promise<void>
  /** Calls with true when this tab is the one that drains, and with false when it no longer is. Returns how to leave. */
  lead(listener: (isLeading: boolean) => void): () => void
  /** Calls when somebody else may have changed something: a bell. Returns how to stop. */
  watch(listener: () => void): () => void
}

/** A place that keeps outboxes. */
export interface OutboxStore {
  open(name: string): OpenOutbox
}
