/** The HTTP API: where it listens, and what it takes from whom. */
import { bytes, hostName, milliseconds, oneOf, portOrAny } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const http = {
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
    requestTimeoutMs: {
      name: 'HTTP_REQUEST_TIMEOUT_MS',
      kind: milliseconds(100, 120_000),
      default: '10000',
      about: 'Time a client has to send its request, so that slow clients do not hold all connections.',
    },
  },
} as const satisfies SettingGroup
