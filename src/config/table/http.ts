/** The HTTP API: where it listens, and what it takes from whom. */
import { apiKeyList, optionalPath, originList } from '../access-kinds.ts'
import { bytes, hostName, milliseconds, oneOf, portOrAny, wholeNumber } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const http = {
  title: 'HTTP API',
  settings: {
    host: {
      name: 'HOST',
      kind: hostName,
      default: '127.0.0.1',
      about: 'Address of the API. Only this machine reaches the default; a wider one needs API_KEYS.',
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
        '"on" asks for one of the keys in API_KEYS; while there are none, the API is open, and only on a HOST that no other machine can reach. "off" opens it to everyone who reaches it, for example because a gateway in front asks for keys.',
    },
    keys: {
      name: 'API_KEYS',
      kind: apiKeyList,
      default: '',
      about:
        'Who may use the API: not the keys, but their SHA-256. `bincard key NAME ROLE [WAREHOUSE…]` makes a key and its line. Roles: read, write (also reads), admin (all). A key with warehouses sees these only.',
    },
    keysFile: {
      name: 'API_KEYS_FILE',
      kind: optionalPath,
      default: '',
      about:
        'A file with more of them, one a line, # before a comment; for secrets that a container runtime mounts. It is read at the start.',
    },
    requestsPerSecond: {
      name: 'HTTP_RATE_LIMIT',
      kind: wholeNumber({ min: 0, max: 1_000_000, unit: 'requests a second' }),
      default: '2000',
      about:
        'Most requests of one key, or of one address without a key (a /64 network for IPv6), in a second; each process counts for itself. 0 is no limit, as a gateway needs that sends for many. Health has none. By default more than a busy dashboard needs, and less than occupies the service.',
    },
    corsOrigins: {
      name: 'CORS_ORIGINS',
      kind: originList,
      default: '',
      about: 'Web pages of other origins that may use the API from a browser. None by default.',
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
      about: 'Largest batch of POST /api/events. By default 1 MiB: 1,000 events of 540 bytes are half of it.',
    },
    openingLimitBytes: {
      name: 'HTTP_OPENING_LIMIT_BYTES',
      kind: bytes(1024, 67_108_864),
      default: '16777216',
      about:
        'Largest file of POST /api/opening-stock. By default 16 MiB, some 150,000 rows; it is held in memory while it is read. More is sent in several files.',
    },
    openingWaitMs: {
      name: 'HTTP_OPENING_WAIT_MS',
      kind: milliseconds(0, 20_000),
      default: '20000',
      about:
        'Longest time that POST /api/opening-stock waits for its rows to be booked. What is not booked by then is "accepted".',
    },
    bookingWaitMs: {
      name: 'HTTP_BOOKING_WAIT_MS',
      kind: milliseconds(0, 2000),
      default: '1500',
      about:
        'Longest time that POST /api/events and ?after= wait for messages to be booked, which takes some 10 ms unless others are before them. Then the answer is "accepted" or 409. Not longer than 2 s, so that a read still says within 3 s what it knows.',
    },
    streamClients: {
      name: 'HTTP_STREAM_CLIENTS',
      kind: wholeNumber({ min: 0, max: 2000, unit: 'clients' }),
      default: '200',
      about:
        'Most clients that follow GET /api/stream at once, in each process; more are answered 503. Each may take up to 60 KB a second while much is booked.',
    },
    requestTimeoutMs: {
      name: 'HTTP_REQUEST_TIMEOUT_MS',
      kind: milliseconds(100, 120_000),
      default: '10000',
      about: 'Time a client has to send its request, so that slow clients do not hold all connections.',
    },
  },
} as const satisfies SettingGroup
