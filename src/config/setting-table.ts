import {
  addressList,
  bytes,
  hostName,
  milliseconds,
  oneOf,
  plainText,
  portOrAny,
  secretText,
  topicName,
  trueOrFalse,
  wholeNumber,
} from './kinds.ts'
import type { SettingGroup } from './setting.ts'

/**
 * All settings of the service. The keys are the names in code (`settings.postgres.host`); types, parsing,
 * `.env.example` and `docs/reference/settings.md` come from this table, so nothing is said twice.
 */
export const settingTable = {
  http: {
    title: 'HTTP API',
    settings: {
      host: {
        name: 'HOST',
        kind: hostName,
        default: '127.0.0.1',
        about: 'Address of the API. Only this machine reaches the default; see API_AUTH for a wider one.',
      },
      port: {
        name: 'PORT',
        kind: portOrAny,
        default: '8000',
        about: 'Port of the API. 0 takes any free port.',
      },
      auth: {
        name: 'API_AUTH',
        kind: oneOf('on', 'off'),
        default: 'on',
        about:
          'API keys do not exist yet, so "on" refuses to start on a HOST that other machines can reach. "off" says that you want it open, for example because a gateway in front asks for keys.',
      },
      bodyLimitBytes: {
        name: 'HTTP_BODY_LIMIT_BYTES',
        kind: bytes(1024, 16_777_216),
        default: '65536',
        about: 'Largest request body. The default is 64 KiB, the size of the largest message.',
      },
      batchLimitBytes: {
        name: 'HTTP_BATCH_LIMIT_BYTES',
        kind: bytes(1024, 16_777_216),
        default: '1048576',
        about:
          'Largest batch of POST /api/events. By default 1 MiB: 1,000 events of 540 bytes are half of it.',
      },
      bookingWaitMs: {
        name: 'HTTP_BOOKING_WAIT_MS',
        kind: milliseconds(0, 2000),
        default: '1500',
        about:
          'Longest time that POST /api/events and ?after= wait for messages to be booked, which takes some 10 ms unless others are before them. Then the answer is "accepted" or 409. Not longer than 2 s, so that a read still says within 3 s what it knows.',
      },
      requestTimeoutMs: {
        name: 'HTTP_REQUEST_TIMEOUT_MS',
        kind: milliseconds(100, 120_000),
        default: '10000',
        about: 'Time a client has to send its request, so that slow clients do not hold all connections.',
      },
    },
  },
  service: {
    title: 'Service',
    settings: {
      debug: {
        name: 'DEBUG',
        kind: trueOrFalse,
        default: 'true',
        about: 'Log level debug instead of info. It changes nothing but the log.',
      },
      shutdownTimeoutMs: {
        name: 'SHUTDOWN_TIMEOUT_MS',
        kind: milliseconds(100, 120_000),
        default: '8000',
        about:
          'Time for finishing running requests and batches after SIGTERM. The default ends before the 10 s after which container runtimes kill.',
      },
    },
  },
  postgres: {
    title: 'PostgreSQL',
    settings: {
      user: { name: 'POSTGRES_USER', kind: plainText, default: 'postgres', about: 'User to log in as.' },
      password: {
        name: 'POSTGRES_PASSWORD',
        kind: secretText,
        default: 'postgres',
        about: 'Password of that user. It appears in no log and no error message.',
      },
      database: {
        name: 'POSTGRES_DB',
        kind: plainText,
        default: 'warehouse_db',
        about: 'Database that holds the ledgers.',
      },
      host: {
        name: 'POSTGRES_HOST',
        kind: hostName,
        default: 'postgres',
        about: 'Host of the database server.',
      },
      port: {
        name: 'POSTGRES_PORT',
        kind: wholeNumber({ min: 1, max: 65_535 }),
        default: '5432',
        about: 'Port of the database server.',
      },
      poolSize: {
        name: 'POSTGRES_POOL_SIZE',
        kind: wholeNumber({ min: 2, max: 200, unit: 'connections' }),
        default: '10',
        about: 'Most connections of this process. PostgreSQL allows 100 in all, unless told otherwise.',
      },
      connectTimeoutMs: {
        name: 'POSTGRES_CONNECT_TIMEOUT_MS',
        kind: milliseconds(100, 60_000),
        default: '2000',
        about: 'Time for getting a connection. Reads then say within 3 s that the database is away.',
      },
      statementTimeoutMs: {
        name: 'POSTGRES_STATEMENT_TIMEOUT_MS',
        kind: milliseconds(100, 300_000),
        default: '8000',
        about: 'Time for one statement when booking. Nothing waits longer than this for the database.',
      },
      readTimeoutMs: {
        name: 'POSTGRES_READ_TIMEOUT_MS',
        kind: milliseconds(100, 300_000),
        default: '2500',
        about: 'Time for one statement of a read, which then says within 3 s that the database is slow.',
      },
      lockTimeoutMs: {
        name: 'POSTGRES_LOCK_TIMEOUT_MS',
        kind: milliseconds(100, 300_000),
        default: '4000',
        about:
          'Time to wait for a row that another transaction holds. The batch is then rolled back and tried again. The default is half of POSTGRES_STATEMENT_TIMEOUT_MS, so that a lock is told apart from a slow database.',
      },
    },
  },
  kafka: {
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
  },
  lane: {
    title: 'Lanes (one for each partition)',
    settings: {
      bufferEvents: {
        name: 'LANE_BUFFER_EVENTS',
        kind: wholeNumber({ min: 1, max: 1_000_000, unit: 'events' }),
        default: '10000',
        about: 'Most events a lane keeps in memory: by default a batch to write and one to fill.',
      },
      stallTimeoutMs: {
        name: 'LANE_STALL_TIMEOUT_MS',
        kind: milliseconds(1_000, 600_000),
        default: '30000',
        about:
          'A lane that neither reads nor tries to book for this time is stuck, and replaced. The default outlasts every other time-out.',
      },
    },
  },
  batch: {
    title: 'Batches (one transaction each)',
    settings: {
      maxEvents: {
        name: 'BATCH_MAX_EVENTS',
        kind: wholeNumber({ min: 1, max: 9000, unit: 'events' }),
        default: '5000',
        about:
          'Most events of one batch; larger ones hold locks longer. To 9,000 sums of quantities are exact.',
      },
      maxBytes: {
        name: 'BATCH_MAX_BYTES',
        kind: bytes(65_536, 134_217_728),
        default: '8388608',
        about: 'Most bytes of messages in one batch. By default 8 MiB, for large messages.',
      },
      maxAgeMs: {
        name: 'BATCH_MAX_AGE_MS',
        kind: milliseconds(0, 10_000),
        default: '5',
        about: 'Time an event may wait for more. The next batch fills anyway while one is written.',
      },
    },
  },
  nearState: {
    title: 'Near state',
    settings: {
      cards: {
        name: 'NEAR_STATE_CARDS',
        kind: wholeNumber({ min: 1, max: 10_000_000, unit: 'cards' }),
        default: '200000',
        about: 'Cards whose last line is kept in memory. Those used least recently are forgotten first.',
      },
    },
  },
  retry: {
    title: 'Retries',
    settings: {
      minMs: {
        name: 'RETRY_MIN_MS',
        kind: milliseconds(1, 60_000),
        default: '50',
        about: 'First wait after a fault. Each further one is about twice as long, up to RETRY_MAX_MS.',
      },
      maxMs: {
        name: 'RETRY_MAX_MS',
        kind: milliseconds(1, 600_000),
        default: '5000',
        about: 'Longest wait between two tries. Tries never end: booking goes on by itself after a fault.',
      },
    },
  },
  metrics: {
    title: 'Metrics',
    settings: {
      host: {
        name: 'METRICS_HOST',
        kind: hostName,
        default: { sameAs: 'HOST' },
        about: 'Address for Prometheus. It may be wider than HOST: metrics hold counts, no stock.',
      },
      port: {
        name: 'METRICS_PORT',
        kind: portOrAny,
        default: '9090',
        about: 'Port for Prometheus, with the one path /metrics. 0 takes any free port.',
      },
    },
  },
} as const satisfies Readonly<Record<string, SettingGroup>>
