/** What was looked at, how it is, and what to do about it. */
export interface Check {
  /** For example `postgres.version`; stable. */
  readonly name: string
  /** `warning`: it works, and something may come of it. `unknown`: it could not be looked at. */
  readonly state: 'ok' | 'warning' | 'failed' | 'unknown'
  /** One sentence: what was found. */
  readonly detail: string
  /** What to do; null if all is well. */
  readonly cure: string | null
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail, cure: null }
}

export function warning(name: string, detail: string, cure: string): Check {
  return { name, state: 'warning', detail, cure }
}

export function failed(name: string, detail: string, cure: string): Check {
  return { name, state: 'failed', detail, cure }
}

export function unknown(name: string, detail: string, cure: string): Check {
  return { name, state: 'unknown', detail, cure }
}
