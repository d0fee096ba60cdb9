/** The part of the machinery that broke; a label of `bincard_faults_total`. */
export type FaultPart = 'postgres' | 'kafka' | 'redis' | 'intake'

/**
 * What may be done about a fault:
 *
 * - `conflict`: another writer was in the way. Forget what is remembered, read again, try at once.
 * - `refused`: the database refuses the data itself. Trying the same again is of no use.
 * - `outage`: the machinery is away or tired. Wait, try again, for ever.
 * - `halt`: going on would lose or double something. Stop, and let a person decide.
 */
export type FaultKind = 'conflict' | 'refused' | 'outage' | 'halt'

export interface FaultDescription {
  readonly part: FaultPart
  readonly kind: FaultKind
  /** Stable, snake_case, from a bounded list: a metric label, and a row of docs/reference/errors.md. */
  readonly code: string
  /** One sentence for a person: what happened. No payloads, no secrets. */
  readonly message: string
  readonly cause?: unknown
}

/**
 * Broken machinery: the database away, the broker away, a log that lost its beginning. Never a business
 * outcome; those are values (`Outcome` in `booking/ledger.ts`). Vendor errors become a Fault in one place for each vendor:
 * `store/postgres-fault.ts`, `kafka/kafka-fault.ts` and `cache/redis-fault.ts`.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly part: FaultPart
  readonly kind: FaultKind
  readonly code: string

  constructor({ part, kind, code, message, cause }: FaultDescription) {
    super(message, cause === undefined ? undefined : { cause })
    this.part = part
    this.kind = kind
    this.code = code
  }
}
