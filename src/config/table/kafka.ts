/** The brokers, the topic and the group. */
import { fileContents, optionalText } from '../file-kinds.ts'
import { addressList, bytes, milliseconds, oneOf, optionalTopicName, plainText, topicName } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const kafka = {
  title: 'Kafka',
  settings: {
    bootstrapServers: {
      name: 'KAFKA_BOOTSTRAP_SERVERS',
      kind: addressList,
      default: 'kafka:9092',
      about: 'Brokers to ask first; the others are learned from them.',
    },
    topic: {
      name: 'KAFKA_TOPIC',
      kind: topicName,
      default: 'warehouse_movements',
      about: 'Topic of the movement events.',
    },
    changesTopic: {
      name: 'KAFKA_CHANGES_TOPIC',
      kind: optionalTopicName,
      default: '',
      about:
        'Topic to which each line of each card is told as a CloudEvent, once it is booked; none if left out. It must exist. All processes on one database have the same.',
    },
    deadLetterTopic: {
      name: 'KAFKA_DLQ_TOPIC',
      kind: optionalTopicName,
      default: '',
      about:
        'Topic to which each message that goes into quarantine is told, whole, with the reason in its headers; none if left out. It must exist. All processes on one database have the same.',
    },
    groupId: {
      name: 'KAFKA_GROUP_ID',
      kind: plainText,
      default: 'warehouse_service',
      about: 'Group that shares out the partitions. All processes on one database use one group.',
    },
    clientId: {
      name: 'KAFKA_CLIENT_ID',
      kind: plainText,
      default: 'bincard',
      about: 'Name under which the brokers log and limit this client.',
    },
    securityProtocol: {
      name: 'KAFKA_SECURITY_PROTOCOL',
      kind: oneOf('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'),
      default: 'PLAINTEXT',
      about:
        'Whether the connections are encrypted (SSL), and whether they log in (SASL); the words are Kafka’s own.',
    },
    saslMechanism: {
      name: 'KAFKA_SASL_MECHANISM',
      kind: oneOf('SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'),
      default: 'SCRAM-SHA-512',
      about: 'How to log in. With SCRAM the password itself is never sent.',
    },
    saslUsername: {
      name: 'KAFKA_SASL_USERNAME',
      kind: optionalText(false),
      default: '',
      about: 'User to log in as.',
    },
    saslPassword: {
      name: 'KAFKA_SASL_PASSWORD',
      kind: optionalText(true),
      default: '',
      about: 'Password of that user. It appears in no log and no error message.',
    },
    sslCa: {
      name: 'KAFKA_SSL_CA_LOCATION',
      kind: fileContents,
      default: '',
      about:
        'PEM file of the authorities that sign the brokers’ certificates; without it, those that Node knows.',
    },
    sslCertificate: {
      name: 'KAFKA_SSL_CERTIFICATE_LOCATION',
      kind: fileContents,
      default: '',
      about: 'PEM file of this client’s certificate, for brokers that ask for one.',
    },
    sslKey: {
      name: 'KAFKA_SSL_KEY_LOCATION',
      kind: fileContents,
      default: '',
      about: 'PEM file of the key of that certificate, without a passphrase.',
    },
    sessionTimeoutMs: {
      name: 'KAFKA_SESSION_TIMEOUT_MS',
      kind: milliseconds(6_000, 1_800_000),
      default: '10000',
      about:
        'After this time without a heartbeat the group gives the partitions to others. Brokers accept 6 s to 30 min unless told otherwise. A short time means that the partitions of a dead process are soon booked again.',
    },
    heartbeatIntervalMs: {
      name: 'KAFKA_HEARTBEAT_INTERVAL_MS',
      kind: milliseconds(100, 600_000),
      default: '3000',
      about: 'Time between two heartbeats. With the default, two may get lost before the session ends.',
    },
    rebalanceTimeoutMs: {
      name: 'KAFKA_REBALANCE_TIMEOUT_MS',
      kind: milliseconds(6_000, 1_800_000),
      default: '15000',
      about: 'Time the members of the group have to join again when it changes.',
    },
    requestTimeoutMs: {
      name: 'KAFKA_REQUEST_TIMEOUT_MS',
      kind: milliseconds(100, 120_000),
      default: '5000',
      about: 'Time for an answer, beyond a wait that was asked for; then the connection is renewed.',
    },
    connectTimeoutMs: {
      name: 'KAFKA_CONNECT_TIMEOUT_MS',
      kind: milliseconds(100, 60_000),
      default: '3000',
      about: 'Time for connecting to a broker. A healthy one takes milliseconds, even far away.',
    },
    fetchMaxBytes: {
      name: 'KAFKA_FETCH_MAX_BYTES',
      kind: bytes(65_536, 134_217_728),
      default: '4194304',
      about: 'Most bytes one request brings. By default 4 MiB: about 8,000 messages of 540 bytes.',
    },
    fetchMaxWaitMs: {
      name: 'KAFKA_FETCH_MAX_WAIT_MS',
      kind: milliseconds(1, 30_000),
      default: '500',
      about: 'Time a broker may wait before it answers "nothing new". New messages come at once.',
    },
    commitIntervalMs: {
      name: 'KAFKA_COMMIT_INTERVAL_MS',
      kind: milliseconds(100, 600_000),
      default: '5000',
      about: 'Time between commits to Kafka, for lag tools only: the true position is in PostgreSQL.',
    },
  },
} as const satisfies SettingGroup
