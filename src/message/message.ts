/** The bytes of one Kafka record, as they came; `decode.ts` makes an event or a rejection of it. */
export interface Message {
  readonly partition: number
  /** Place in the partition's log, a safe integer. */
  readonly offset: number
  readonly key: Buffer | null
  /** `null` is a tombstone. */
  readonly value: Buffer | null
  readonly headers: readonly MessageHeader[]
}

export interface MessageHeader {
  readonly name: Buffer
  readonly value: Buffer | null
}
