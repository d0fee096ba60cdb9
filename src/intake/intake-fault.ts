import { Fault, type FaultKind } from '../fault.ts'

/** Faults of the intake's own by their stable code: what they mean. */
export const intakeFaults = {
  events_refused:
    'Three events in a row decoded well but were refused by the database: the program is at fault.',
  quarantine_refused: 'The database refuses to keep a message in quarantine.',
  lane_stalled: 'A partition made no progress for LANE_STALL_TIMEOUT_MS; its lane is replaced.',
  unexpected: 'An error that should not have happened.',
} as const satisfies Record<string, string>

export type IntakeFaultCode = keyof typeof intakeFaults

const outages: readonly IntakeFaultCode[] = ['lane_stalled', 'unexpected']

export function intakeFault(code: IntakeFaultCode, cause?: unknown): Fault {
  const kind: FaultKind = outages.includes(code) ? 'outage' : 'halt'
  return new Fault({ part: 'intake', kind, code, message: intakeFaults[code], cause })
}

/** A Fault as it is; anything else is an error of ours, tried again like an outage and loudly reported. */
export function toIntakeFault(error: unknown): Fault {
  return error instanceof Fault ? error : intakeFault('unexpected', error)
}
