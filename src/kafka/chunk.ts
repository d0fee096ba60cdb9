import type { Message } from '../message/message.ts'
import type { CommittedBatch } from './committed-messages.ts'

/** A place in the log of one partition. */
export interface Position {
  readonly offset: number
  /** Epoch of the batch before the offset, so that a history cut and written anew is noticed; −1: unknown. */
  readonly leaderEpoch: number
}

/** What one read brought. */
export interface Chunk {
  /**
   * In the order of their offsets; those of aborted transactions are left out. Keys, values and headers are slices
   * of the response: keeping one of them keeps the whole chunk's bytes in memory.
   */
  readonly messages: readonly Message[]
  /** Where to go on. It passes over markers of transactions and over messages that were aborted or compacted away. */
  readonly nextOffset: number
  /** Epoch of the last record batch, or the one that was asked with. */
  readonly leaderEpoch: number
  /** Last stable offset: the lag is `endOffset - nextOffset`. */
  readonly endOffset: number
}

/** What a response still holds: batches are decoded a chunk at a time, since packed ones can grow a hundredfold. */
export interface Rest {
  readonly nextOffset: number
  readonly endOffset: number
  readonly batches: Iterator<CommittedBatch, void>
}

/** Decodes batches until they make a chunk of `maxBytes`, or there are no more. Throws what decoding throws. */
export function takeChunk(
  { batches, endOffset }: Rest,
  from: Position,
  maxBytes: number,
): Chunk & { isExhausted: boolean } {
  const messages: Message[] = []
  let { offset, leaderEpoch } = from
  let isExhausted = false
  for (let bytes = 0; bytes < maxBytes && !isExhausted;) {
    try {
      const next = batches.next()
      if (next.done === true) {
        isExhausted = true
      } else {
        for (const message of next.value.messages) messages.push(message)
        offset = next.value.nextOffset
        leaderEpoch = next.value.leaderEpoch
        bytes += next.value.bytes
      }
    } catch (error) {
      // What lies before a batch that cannot be read is handed out; the next read then fails at that batch.
      if (offset === from.offset) throw error
      isExhausted = true
    }
  }
  return { messages, nextOffset: offset, leaderEpoch, endOffset, isExhausted }
}
