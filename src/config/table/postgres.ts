/** The database. */
import { fileContents } from '../file-kinds.ts'
import { hostName, milliseconds, oneOf, plainText, secretText, wholeNumber } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const postgres = {
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
    sslMode: {
      name: 'POSTGRES_SSLMODE',
      kind: oneOf('disable', 'require', 'verify-ca', 'verify-full'),
      default: 'disable',
      about:
        'Whether the connections are encrypted, and what of the server’s certificate is checked: nothing (require, unless POSTGRES_SSLROOTCERT is there), who signed it (verify-ca), or also that it has the name in POSTGRES_HOST (verify-full). The words are those of libpq.',
    },
    sslRootCert: {
      name: 'POSTGRES_SSLROOTCERT',
      kind: fileContents,
      default: '',
      about:
        'PEM file of the authorities that sign the server’s certificate; without it, those that Node knows.',
    },
    sslCert: {
      name: 'POSTGRES_SSLCERT',
      kind: fileContents,
      default: '',
      about: 'PEM file of this client’s certificate, for servers that ask for one.',
    },
    sslKey: {
      name: 'POSTGRES_SSLKEY',
      kind: fileContents,
      default: '',
      about: 'PEM file of the key of that certificate, without a passphrase.',
    },
    poolSize: {
      name: 'POSTGRES_POOL_SIZE',
      kind: wholeNumber({ min: 2, max: 200, unit: 'connections' }),
      default: '10',
      about:
        'Most connections for reads. Beside them this process has one for each of BATCHES_AT_ONCE, and one to watch. PostgreSQL allows 100 in all, unless told otherwise.',
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
      default: '7000',
      about:
        'Time for one statement when booking. After half a second more the connection is given up, should the server say nothing. With the default nothing waits 8 s for the database.',
    },
    readTimeoutMs: {
      name: 'POSTGRES_READ_TIMEOUT_MS',
      kind: milliseconds(50, 2400),
      default: '2000',
      about: 'Time for one statement of a read; shorter than the 2.5 s after which an answer is given up.',
    },
    lockTimeoutMs: {
      name: 'POSTGRES_LOCK_TIMEOUT_MS',
      kind: milliseconds(100, 300_000),
      default: '3500',
      about:
        'Time to wait for a row that another transaction holds. The batch is then rolled back and tried again. The default is half of POSTGRES_STATEMENT_TIMEOUT_MS, so that a lock is told apart from a slow database.',
    },
  },
} as const satisfies SettingGroup
