import { createAPI, listOffsetsV6 } from '@platformatic/kafka'
import { keepErrorCodes } from './cluster.ts'

/** Who asks: a client, not a broker that follows. */
export const NOT_A_REPLICA = -1

/** Asks a leader for offsets of its partitions by time; each partition stands for itself. */
export const listOffsetsVersions = [
  createAPI<listOffsetsV6.ListOffsetsRequest, listOffsetsV6.ListOffsetsResponse>(
    listOffsetsV6.api.key,
    listOffsetsV6.api.version,
    listOffsetsV6.createRequest,
    keepErrorCodes(listOffsetsV6.parseResponse),
  ),
]
