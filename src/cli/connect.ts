/** The ways of a command to what it works on: the database by the settings, a running service by its address. */
import { createClient, type Client } from '../client/client.ts'
import type { Settings } from '../config/settings.ts'
import { Database } from '../store/database.ts'
import type { CommandContext } from './context.ts'

/** A statement of a command may read a whole ledger. */
const statementTimeoutMs = 60 * 60_000
/** Who holds a row for longer should be looked at first. */
const lockTimeoutMs = 60_000
/** The opening of a large stock is answered only when it is booked. */
const requestTimeoutMs = 10 * 60_000

/** One connection to PostgreSQL as the settings name it; opened by the first use. */
export function openDatabase({ postgres }: Settings, name: string): Database {
  return new Database({
    ...postgres,
    poolSize: 1,
    applicationName: `bincard ${name}`,
    statementTimeoutMs,
    lockTimeoutMs,
    queueTimeoutMs: Infinity,
    // Stretches are read by their keys; for a few thousand of them the planner would rather scan a small table.
    serverSettings: { enable_seqscan: 'off' },
  })
}

/** Works on PostgreSQL, and hangs up. */
export async function withDatabase<Result>(
  { settings }: CommandContext,
  name: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase(settings, name)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

export interface ServiceOptions {
  readonly url?: string
}

/** A client of the service at `--url`, else at BINCARD_URL, else where a service with these settings listens. */
export function connectService(context: CommandContext, { url }: ServiceOptions): Client {
  const { environment, signal } = context
  return createClient({
    baseUrl: serviceAddress(context, url),
    apiKey: environment['BINCARD_API_KEY'],
    headers: { 'user-agent': `bincard/${context.version}` },
    fetch: (address, init) =>
      fetch(address, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]) }),
  })
}

/** The address without a slash at its end. */
export function serviceAddress({ environment }: CommandContext, url: string | undefined): string {
  const port = environment['PORT'] ?? '8000'
  return (url ?? environment['BINCARD_URL'] ?? `http://127.0.0.1:${port}`).replace(/\/+$/, '')
}
