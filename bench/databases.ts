import { Client } from 'pg'
import { Database } from '../src/store/database.ts'
import { migrate } from '../src/store/migrate.ts'

export interface DatabaseAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export type ServerAddress = Omit<DatabaseAddress, 'database'>

/** A statement that fills, or a copy of a large template. */
const fillTimeoutMs = 600_000

/** Databases by name, on one server: templates that are filled once, and copies that every run begins with. */
export class Databases {
  readonly #server: ServerAddress
  readonly #templates = new Set<string>()
  #copies = 0

  constructor(server: ServerAddress) {
    this.#server = server
  }

  at(name: string): DatabaseAddress {
    return { ...this.#server, database: name }
  }

  /** Makes a template with our schema, unless it is there. */
  async template(name: string, fill: (database: Database) => Promise<void>): Promise<void> {
    if (this.#templates.has(name)) return
    await this.#administer(`create database ${quoted(name)}`)
    await using(openDatabase(this.at(name), { statementTimeoutMs: fillTimeoutMs }), async (database) => {
      await migrate(database)
      await fill(database)
      await database.query('vacuum analyze')
    })
    this.#templates.add(name)
  }

  /** Gives `work` a copy, from which no run before it has left anything to be written to disk. */
  async copyOf<Result>(
    template: string,
    work: (address: DatabaseAddress) => Promise<Result>,
  ): Promise<Result> {
    const name = `run_${++this.#copies}`
    await this.#administer(`create database ${quoted(name)} template ${quoted(template)} strategy file_copy`)
    await this.#administer('checkpoint')
    try {
      return await work(this.at(name))
    } finally {
      await this.#administer(`drop database ${quoted(name)} with (force)`)
    }
  }

  async #administer(statement: string): Promise<void> {
    const client = new Client(this.at('postgres'))
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
}

/** As the service opens its own for booking. */
export function openDatabase(
  address: DatabaseAddress,
  options: { readonly poolSize?: number; readonly statementTimeoutMs?: number } = {},
): Database {
  return new Database({
    ...address,
    poolSize: 10,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 30_000,
    queueTimeoutMs: Infinity,
    applicationName: 'bincard bench',
    serverSettings: { enable_seqscan: 'off' },
    ...options,
  })
}

export async function using<Resource extends { close(): Promise<void> }, Result>(
  resource: Resource,
  work: (resource: Resource) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(resource)
  } finally {
    await resource.close()
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
