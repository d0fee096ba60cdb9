import { DatabaseError } from 'pg'
import { isCertificateError } from '../certificate-error.ts'
import { Fault, type FaultKind } from '../fault.ts'

/** Every fault of PostgreSQL by its stable code: what it means. */
export const postgresFaults = {
  serialization_failure: 'Two transactions could not be put into an order; one is tried again.',
  deadlock: 'Two transactions waited for each other; one is tried again.',
  lock_timeout: 'A row was locked by another session for longer than POSTGRES_LOCK_TIMEOUT_MS.',
  silent_owner_ended:
    'A process that is frozen amid a transaction kept rows locked; its connection was ended, and the batch is tried again.',
  statement_timeout: 'A statement took longer than its time limit.',
  key_collision: 'Another writer booked the same line or leg first; the batch is read and decided again.',
  check_violated: 'A constraint of the ledger refused a row.',
  data_refused: 'PostgreSQL refused a value.',
  database_unreachable: 'PostgreSQL does not answer at its address.',
  database_timed_out: 'PostgreSQL did not answer in time; the connection was dropped.',
  certificate_refused:
    'PostgreSQL shows a certificate that nobody here vouches for (POSTGRES_SSLROOTCERT), or of another name.',
  connection_lost: 'The connection to PostgreSQL broke off.',
  connections_busy: 'All our connections to PostgreSQL were in use for too long.',
  answer_unreadable: 'PostgreSQL answered something that this program cannot read.',
  migration_running: 'Another process is bringing the schema up to date.',
  commit_unknown:
    'The connection broke off during COMMIT; the position in the database settles what became of it.',
  database_starting: 'PostgreSQL is starting, stopping or recovering.',
  database_read_only: 'PostgreSQL accepts no writes (a standby, or read-only by its settings).',
  database_full: 'PostgreSQL has no room left on its disk, or no memory.',
  too_many_connections: 'PostgreSQL has no connection left for us.',
  access_denied: 'PostgreSQL refuses our user, password or database.',
  schema_missing: 'A table or column is missing: the migrations have not run here.',
  database_error: 'PostgreSQL reports an error that this program does not know how to handle.',
} as const satisfies Record<string, string>

export type PostgresFaultCode = keyof typeof postgresFaults

const kinds: Partial<Record<PostgresFaultCode, FaultKind>> = {
  serialization_failure: 'conflict',
  deadlock: 'conflict',
  lock_timeout: 'conflict',
  silent_owner_ended: 'conflict',
  statement_timeout: 'conflict',
  key_collision: 'conflict',
  check_violated: 'refused',
  data_refused: 'refused',
}

/** Keys that two writers may both choose; the constraints whose violation is the event's own fault. */
const keys = ['movement_leg_key', 'card_line_key', 'transit_key', 'warehouse_key', 'kafka_position_key']
const checks = [
  'leg_not_negative',
  'quantity_of_its_kind',
  'only_departures_are_held',
  'line_counts_from_one',
  'balance_not_negative',
  'balance_is_exact_in_json',
  'change_of_its_kind',
]

/** The one place where an error of PostgreSQL or its client becomes a Fault. */
export function toPostgresFault(error: unknown): Fault {
  return error instanceof Fault ? error : postgresFault(classify(error), error)
}

/** The fault of this code. Its message names the constraint or SQLSTATE behind it, never a value. */
export function postgresFault(code: PostgresFaultCode, cause?: unknown): Fault {
  const name = cause instanceof DatabaseError ? (cause.constraint ?? cause.code) : undefined
  const message = name === undefined ? postgresFaults[code] : `${postgresFaults[code]} (${name})`
  return new Fault({ part: 'postgres', kind: kinds[code] ?? 'outage', code, message, cause })
}

function classify(error: unknown): PostgresFaultCode {
  if (error instanceof DatabaseError) return classifyState(error)
  if (error instanceof RangeError || error instanceof TypeError) return 'answer_unreadable'
  if (isCertificateError(error)) return 'certificate_refused'
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH' || code === 'EAI_AGAIN') {
    return 'database_unreachable'
  }
  return code === 'ETIMEDOUT' ? 'database_timed_out' : 'connection_lost'
}

function classifyState(error: DatabaseError): PostgresFaultCode {
  const state = error.code ?? ''
  if (state === '23505' || state === '23514' || state === 'XX000') return classifyConstraint(error, state)
  return byState[state] ?? byClass[state.slice(0, 2)] ?? 'database_error'
}

/**
 * A PostgreSQL-compatible distributed engine may report a violated constraint as XX000, with the name (and a shard's
 * number behind it) only in the message. The name is ours, so it may be looked for there.
 */
function classifyConstraint(error: DatabaseError, state: string): PostgresFaultCode {
  const text = error.constraint ?? error.message
  if (keys.some((name) => text.includes(name))) return 'key_collision'
  if (state === '23514' || checks.some((name) => text.includes(name))) return 'check_violated'
  return 'database_error'
}

const byState: Readonly<Record<string, PostgresFaultCode>> = {
  '40001': 'serialization_failure',
  '40P01': 'deadlock',
  '55P03': 'lock_timeout',
  '57014': 'statement_timeout',
  '25006': 'database_read_only',
  '53300': 'too_many_connections',
  '3D000': 'access_denied',
  '42501': 'access_denied',
  '42P01': 'schema_missing',
  '42703': 'schema_missing',
}

const byClass: Readonly<Record<string, PostgresFaultCode>> = {
  '08': 'connection_lost',
  '22': 'data_refused',
  '28': 'access_denied',
  '53': 'database_full',
  '57': 'database_starting',
}
