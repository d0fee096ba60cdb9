import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time for its readers in hundredths of a second, whatever its own clock is. */
const ticksPerSecond = 100

/** A line of `/proc/PID/stat`. */
export interface ProcessTimes {
  readonly pid: number
  readonly parent: number
  /** Its own, and that of the children that it has seen end. */
  readonly seconds: number
}

/** Processor time of a process and of all that it started, those that have ended included; null if the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  if (process.platform !== 'linux') return null
  return secondsBelow(pid, readdirSync('/proc').flatMap(timesOf))
}

/** Of the process and its descendants. */
export function secondsBelow(pid: number, processes: readonly ProcessTimes[]): number {
  const children = Map.groupBy(processes, ({ parent }) => parent)
  const below = (one: number): number =>
    (children.get(one) ?? []).reduce((sum, child) => sum + child.seconds + below(child.pid), 0)
  return (processes.find((one) => one.pid === pid)?.seconds ?? 0) + below(pid)
}

/** The name of the program, in brackets, may contain anything; behind it the fields are numbers. */
export function parseTimes(stat: string): ProcessTimes {
  const pid = Number(stat.slice(0, stat.indexOf(' ')))
  const [, parent = 0, ...fields] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const ticks = fields.slice(9, 13).reduce((sum, one) => sum + one, 0)
  return { pid, parent, seconds: ticks / ticksPerSecond }
}

function timesOf(name: string): ProcessTimes[] {
  if (!/^\d+$/.test(name)) return []
  try {
    return [parseTimes(readFileSync(`/proc/${name}/stat`, 'utf8'))]
  } catch {
    // It has ended since the folder was read; its parent has its time now.
    return []
  }
}
