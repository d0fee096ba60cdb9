import {
  AuthenticationError,
  NetworkError,
  ProtocolError,
  TimeoutError,
  UserError,
  protocolErrorsCodesById,
} from '@platformatic/kafka'
import { isCertificateError } from '../certificate-error.ts'
import { Fault, type FaultKind } from '../fault.ts'

/** Every fault of Kafka by its stable code: what it means. */
export const kafkaFaults = {
  topic_recreated: 'The topic was deleted and made anew; the position belongs to the old one.',
  position_before_log: 'Messages behind the position were deleted before they were read.',
  position_after_log: 'The log ends before the position, or its history was cut and written anew.',
  record_batch_unreadable: 'A record batch that arrived whole cannot be decoded.',
  offset_too_large: 'An offset beyond 2^53 cannot be kept exactly.',
  record_batch_corrupt: 'A record batch does not agree with its checksum.',
  response_malformed: 'An answer of the broker could not be read.',
  broker_unreachable: 'The broker does not accept connections, or the connection broke off.',
  request_timed_out: 'The broker did not answer in time; the connection was dropped.',
  broker_too_old: 'The broker does not know topic ids (Kafka 3.1) or another request that is needed.',
  topic_missing: 'The topic does not exist.',
  partition_missing: 'The topic has no such partition.',
  leader_unavailable: 'The partition has no leader just now, or it has moved.',
  not_authorized: 'The broker refuses us this topic or group.',
  authentication_failed: 'The broker refuses our credentials.',
  certificate_refused:
    'The broker shows a certificate that nobody here vouches for (KAFKA_SSL_CA_LOCATION), or of another name.',
  coordinator_unavailable: 'The coordinator of the group is loading, moving or away.',
  group_refused: 'The group does not accept a member like this one (time-outs, protocol or size).',
  membership_lost: 'The group has given our place away; it is taken anew.',
  heartbeat_stalled: 'No heartbeat was answered for longer than the session time-out.',
  join_timed_out: 'Joining the group took longer than its rebalance allows.',
  partitions_added: 'The topic has got more partitions; the group shares them out anew.',
  client_refused:
    'The Kafka client refuses what it was asked: time-outs that contradict each other, a topic that has gone.',
  replicas_missing: 'Fewer replicas are in step than the topic demands for a write.',
  message_refused: 'The topic does not take a message of this size or form.',
  producer_busy: 'Too many bytes wait to be written to Kafka; more are refused for now.',
  broker_error: 'The broker reports an error that this program does not know how to handle.',
} as const satisfies Record<string, string>

export type KafkaFaultCode = keyof typeof kafkaFaults

const kinds: Partial<Record<KafkaFaultCode, FaultKind>> = {
  topic_recreated: 'halt',
  position_before_log: 'halt',
  position_after_log: 'halt',
  record_batch_unreadable: 'halt',
  offset_too_large: 'halt',
  message_refused: 'refused',
}

/** The fault of this code. `detail` is a sentence of our own with the topic, the numbers, the address. */
export function kafkaFault(code: KafkaFaultCode, detail?: string, cause?: unknown): Fault {
  const message = detail === undefined ? kafkaFaults[code] : `${kafkaFaults[code]} ${detail}`
  return new Fault({ part: 'kafka', kind: kinds[code] ?? 'outage', code, message, cause })
}

/** The fault for an error number of the Kafka protocol, as it stands in a response. */
export function faultOfErrorCode(errorCode: number, detail?: string): Fault {
  const name = protocolErrorsCodesById[errorCode] ?? `error ${errorCode}`
  return kafkaFault(
    byName[name] ?? 'broker_error',
    detail === undefined ? `(${name})` : `(${name}) ${detail}`,
  )
}

/** The one place where an error of the Kafka client becomes a Fault; a Fault stays what it is. */
export function toKafkaFault(error: unknown, detail?: string): Fault {
  const causes = [...causesOf(error)]
  const fault = causes.find((cause) => cause instanceof Fault)
  if (fault !== undefined) return fault
  return kafkaFault(classify(causes), detail, error)
}

function classify(causes: readonly unknown[]): KafkaFaultCode {
  const answered = causes.find((cause) => cause instanceof ProtocolError)
  if (answered !== undefined) return byName[String(answered['apiId'])] ?? 'broker_error'
  if (causes.some((cause) => cause instanceof AuthenticationError)) return 'authentication_failed'
  if (causes.some(isCertificateError)) return 'certificate_refused'
  if (causes.some((cause) => cause instanceof TimeoutError)) return 'request_timed_out'
  if (causes.some((cause) => cause instanceof NetworkError)) return 'broker_unreachable'
  if (causes.some((cause) => cause instanceof UserError)) return 'client_refused'
  return 'response_malformed'
}

/** Nested errors that are looked at; the client nests a few levels, and a ring must not hold us up. */
const MAX_NESTED_ERRORS = 100

/** The error, then all it wraps: the client keeps several tries in `errors` and the reason in `cause`. */
function causesOf(error: unknown): readonly unknown[] {
  const found = [error]
  for (let index = 0; index < found.length && found.length < MAX_NESTED_ERRORS; index += 1) {
    const one = found[index]
    if (one instanceof AggregateError) found.push(...one.errors)
    if (one instanceof Error && one.cause !== undefined) found.push(one.cause)
  }
  return found
}

/** Names of the Kafka protocol, https://kafka.apache.org/protocol#protocol_error_codes. */
const byName: Readonly<Record<string, KafkaFaultCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'topic_missing',
  UNKNOWN_TOPIC_ID: 'topic_missing',
  INCONSISTENT_TOPIC_ID: 'topic_missing',
  INVALID_TOPIC_EXCEPTION: 'topic_missing',
  OFFSET_OUT_OF_RANGE: 'position_after_log',
  CORRUPT_MESSAGE: 'record_batch_corrupt',
  LEADER_NOT_AVAILABLE: 'leader_unavailable',
  NOT_LEADER_OR_FOLLOWER: 'leader_unavailable',
  FENCED_LEADER_EPOCH: 'leader_unavailable',
  UNKNOWN_LEADER_EPOCH: 'leader_unavailable',
  REPLICA_NOT_AVAILABLE: 'leader_unavailable',
  OFFSET_NOT_AVAILABLE: 'leader_unavailable',
  KAFKA_STORAGE_ERROR: 'leader_unavailable',
  LISTENER_NOT_FOUND: 'leader_unavailable',
  BROKER_NOT_AVAILABLE: 'broker_unreachable',
  NETWORK_EXCEPTION: 'broker_unreachable',
  REQUEST_TIMED_OUT: 'request_timed_out',
  TOPIC_AUTHORIZATION_FAILED: 'not_authorized',
  GROUP_AUTHORIZATION_FAILED: 'not_authorized',
  CLUSTER_AUTHORIZATION_FAILED: 'not_authorized',
  SASL_AUTHENTICATION_FAILED: 'authentication_failed',
  UNSUPPORTED_SASL_MECHANISM: 'authentication_failed',
  ILLEGAL_SASL_STATE: 'authentication_failed',
  NOT_ENOUGH_REPLICAS: 'replicas_missing',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'replicas_missing',
  MESSAGE_TOO_LARGE: 'message_refused',
  RECORD_LIST_TOO_LARGE: 'message_refused',
  INVALID_RECORD: 'message_refused',
  UNSUPPORTED_VERSION: 'broker_too_old',
  COORDINATOR_LOAD_IN_PROGRESS: 'coordinator_unavailable',
  COORDINATOR_NOT_AVAILABLE: 'coordinator_unavailable',
  NOT_COORDINATOR: 'coordinator_unavailable',
  INCONSISTENT_GROUP_PROTOCOL: 'group_refused',
  INVALID_GROUP_ID: 'group_refused',
  INVALID_SESSION_TIMEOUT: 'group_refused',
  GROUP_MAX_SIZE_REACHED: 'group_refused',
  ILLEGAL_GENERATION: 'membership_lost',
  UNKNOWN_MEMBER_ID: 'membership_lost',
  MEMBER_ID_REQUIRED: 'membership_lost',
  FENCED_INSTANCE_ID: 'membership_lost',
  REBALANCE_IN_PROGRESS: 'membership_lost',
}
