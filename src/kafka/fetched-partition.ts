import {
  createAPI,
  fetchV13,
  fetchV14,
  fetchV15,
  fetchV16,
  fetchV17,
  readKnownTaggedFields,
  type Reader,
} from '@platformatic/kafka'

/** What a Fetch response says of one partition; its record batches are not decoded yet. */
export interface FetchedPartition {
  /** 0 is success. The codes are Kafka's, https://kafka.apache.org/protocol#protocol_error_codes. */
  readonly errorCode: number
  /** Up to here all transactions are decided; a reader of committed messages gets nothing beyond. */
  readonly lastStableOffset: bigint
  /** The log parts from what the reader has seen: history was cut and written anew. */
  readonly hasDiverged: boolean
  /** Transactions that were aborted and touch these batches, one entry each, also several of one producer. */
  readonly abortedTransactions: readonly { producerId: bigint; firstOffset: bigint }[]
  /** Record batches as they came. */
  readonly records: Buffer
}

/** Fetch, newest version first. Version 13 is the first that names topics by their id. */
export const fetchVersions = [
  create(17, fetchV17),
  create(16, fetchV16),
  create(15, fetchV15),
  create(14, fetchV14),
  create(13, fetchV13),
]

function create(version: number, { createRequest }: Pick<typeof fetchV17, 'createRequest'>) {
  return createAPI<fetchV17.FetchRequest, FetchedPartition>(
    fetchV17.api.key,
    version,
    createRequest,
    parseResponse,
  )
}

/** Versions 13 to 17 answer alike but for tagged fields at the end. One partition is asked for at a time. */
function parseResponse(_correlationId: number, _apiKey: number, _version: number, reader: Reader) {
  reader.readInt32() // How long the broker will let us wait for being too quick: it does so by itself.
  const errorCode = reader.readInt16()
  reader.readInt32() // The fetch session; there is none.
  const topics = reader.readArray(
    (topic) => {
      topic.readUUID()
      return topic.readArray(readPartition, true, false)
    },
    true,
    true,
  )
  const partition = topics[0]?.[0]
  return errorCode === 0 && partition !== undefined ? partition : { ...nothing, errorCode }
}

const nothing: FetchedPartition = {
  errorCode: 0,
  lastStableOffset: -1n,
  hasDiverged: false,
  abortedTransactions: [],
  records: Buffer.alloc(0),
}

function readPartition(reader: Reader): FetchedPartition {
  reader.readInt32() // The partition's number: it is the one asked for.
  const errorCode = reader.readInt16()
  reader.readInt64() // High watermark: beyond the last stable offset nothing is read.
  const lastStableOffset = reader.readInt64()
  reader.readInt64() // Start of the log.
  const abortedTransactions = reader.readArray((aborted) => ({
    producerId: aborted.readInt64(),
    firstOffset: aborted.readInt64(),
  }))
  reader.readInt32() // A follower to read from; only offered to those who name their rack.
  const records = reader.readBytes()
  let hasDiverged = false
  readKnownTaggedFields(reader, {
    0: () => {
      hasDiverged = true
    },
  })
  return { errorCode, lastStableOffset, hasDiverged, abortedTransactions, records }
}
