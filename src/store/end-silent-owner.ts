/**
 * Frees the rows that a frozen owner keeps. A process that stops amid a transaction (SIGSTOP, a suspended machine, a network
 * that swallows its bytes) holds the position and the warehouses of its batch. Between two statements the server ends such
 * a transaction by itself (`idle_in_transaction_session_timeout` in database.ts). But while it waits for the rest of a COPY,
 * or for its answer to be taken, no time-out of PostgreSQL does: the heir of the partition would wait as long as the freeze.
 *
 * So the heir looks who is silent when it waited for a row in vain. It does not ask `pg_blocking_pids`, which tells of a
 * wait only while it lasts, and ours is over; nor need it: who has been silent for longer than any of our processes
 * waits for an answer has lost its batch in any case. Whatever it still sends when it wakes up finds no connection, and
 * what it sends on a new one is fenced by the position.
 */
import { Fault } from '../fault.ts'
import type { Transactions } from './database.ts'
import { postgresFault } from './postgres-fault.ts'

/** After its own limit a process that runs hangs up by itself; a busy machine may be so much later. */
const hangUpGraceMs = 500

const waitedInVain: readonly string[] = ['lock_timeout', 'statement_timeout']

/** Answers what went wrong: the error itself, or that it came of silent owners, whose rows are free now. Never throws. */
export async function endSilentOwners(database: Transactions, error: unknown): Promise<unknown> {
  if (!(error instanceof Fault) || !waitedInVain.includes(error.code)) return error
  try {
    const ended = await database.query<{ pid: number }>(endSilent, [database.answerLimitMs + hangUpGraceMs])
    return ended.length === 0 ? error : postgresFault('silent_owner_ended', error)
  } catch {
    // The batch is tried again in any case, and this with it; what went wrong first is what counts.
    return error
  }
}

/**
 * Only what our own kind has connected, by the same name and user; only who has taken a position; and only who waits for
 * its client, not for the disk or for another lock. The time counts from the last statement. Found first and ended then: in
 * one `where` the planner could end them before it has tested the rest.
 */
const endSilent = `
  with silent as materialized (
    select pid from pg_stat_activity a
    where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
      and application_name = current_setting('application_name')
      and (state like 'idle in transaction%' or (state = 'active' and wait_event_type = 'Client'))
      and state_change < clock_timestamp() - $1 * interval '1 millisecond'
      and exists (
        select from pg_locks l
        where l.pid = a.pid and l.relation = 'kafka_position'::regclass and l.mode = 'RowExclusiveLock'
      )
  )
  select pid from (select pid, pg_terminate_backend(pid) as is_ended from silent) as ended where is_ended`
