import type { DependencyHealth, Health, ServingStatus } from './api/dependencies.ts'
import { Fault } from './fault.ts'
import type { IntakeHealth } from './intake/intake.ts'
import type { Queryable } from './store/database.ts'

const probeIntervalMs = 1000

/** Asks PostgreSQL once a second whether it answers, so that readiness is told from what is known. */
export class DatabaseProbe {
  readonly #database: Queryable
  #health: DependencyHealth = { state: 'starting', detail: null }
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(database: Queryable) {
    this.#database = database
  }

  get health(): DependencyHealth {
    return this.#health
  }

  start(): void {
    this.#running = this.#probe()
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #probe(): Promise<void> {
    try {
      await this.#database.query('select 1')
      this.#health = { state: 'ok', detail: null }
    } catch (error) {
      this.#health = { state: 'failing', detail: describe(error) }
    }
    this.#timer = setTimeout(() => this.start(), probeIntervalMs)
  }
}

/** Readiness out of what each part says of itself. */
export function healthOf(parts: {
  readonly postgres: DependencyHealth
  readonly migration: DependencyHealth
  readonly intake: IntakeHealth
  /** Told to end: it still answers, but nothing more should be sent here. */
  readonly isStopping: boolean
}): Health {
  const dependencies = {
    postgres: parts.postgres.state === 'ok' ? parts.migration : parts.postgres,
    kafka: kafkaHealth(parts.intake),
    intake: intakeHealth(parts.intake),
  }
  const ready = Object.values(dependencies).every(({ state }) => state === 'ok')
  return { status: parts.isStopping ? 'stopping' : ready ? 'ready' : 'not_ready', dependencies }
}

/** Of each part whether it does its work: what a metric tells. */
export function readyParts({ dependencies }: Health): Readonly<Record<string, boolean>> {
  return Object.fromEntries(Object.entries(dependencies).map(([part, { state }]) => [part, state === 'ok']))
}

export interface ServingParts {
  readonly migration: DependencyHealth
  readonly intake: IntakeHealth
  readonly isStopping: boolean
}

/**
 * Whether requests should be sent to this process: from when it has once had its schema, its place in the group and all its
 * partitions under way, so that a new version that cannot book replaces no old one, until it is told to end. Not by what is
 * away later, since that is away for all processes, and with no process left to ask nobody would be answered at all. A
 * partition that waits for a person does not count: the version that mends it must come in.
 */
export class Serving {
  readonly #now: () => ServingParts
  #hasBegun = false
  #timer: NodeJS.Timeout | null = null

  constructor(now: () => ServingParts) {
    this.#now = now
  }

  get status(): ServingStatus {
    this.#look()
    if (this.#now().isStopping) return 'stopping'
    return this.#hasBegun ? 'serving' : 'starting'
  }

  /** Looks by itself, too: whoever is asked for the first time while Kafka is away must know that it had begun. */
  start(): void {
    this.#timer = setInterval(() => this.#look(), probeIntervalMs)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  #look(): void {
    if (this.#hasBegun) return
    const { migration, intake } = this.#now()
    const isUnderWay = intake.lanes.every(({ state: { name } }) => name !== 'starting' && name !== 'failing')
    this.#hasBegun = migration.state === 'ok' && intake.group.joined && isUnderWay
  }
}

function kafkaHealth({ group, lanes }: IntakeHealth): DependencyHealth {
  for (const { partition, state } of lanes) {
    if (state.name === 'failing' && state.fault.part === 'kafka') {
      return { state: 'failing', detail: `Partition ${partition}: ${state.fault.message}` }
    }
  }
  if (group.joined) return { state: 'ok', detail: null }
  if (group.fault !== null) return { state: 'failing', detail: group.fault.message }
  return { state: 'starting', detail: 'Joining the consumer group.' }
}

function intakeHealth({ group, lanes }: IntakeHealth): DependencyHealth {
  const wrong = lanes.flatMap(({ partition, state }) =>
    state.name === 'failing' || state.name === 'halted'
      ? [`Partition ${partition} is ${state.name}: ${state.fault.message}`]
      : [],
  )
  if (wrong.length > 0) return { state: 'failing', detail: wrong.join(' ') }
  const starting = !group.joined || lanes.some(({ state }) => state.name === 'starting')
  return starting ? { state: 'starting', detail: null } : { state: 'ok', detail: null }
}

/** Faults are written for people; anything else might carry what nobody should read. */
function describe(error: unknown): string {
  return error instanceof Fault ? error.message : 'An unexpected error; the log has it.'
}
