import type { Micros } from './event.ts'

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))?$/
const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const microsPerSecond = 1_000_000

/** Why a text is no timestamp of ours. */
export type TimestampProblem = 'timestamp_invalid' | 'timestamp_too_fine' | 'timestamp_out_of_range'

/**
 * Reads RFC 3339, exactly, to the microsecond. Without an offset it is UTC. The date must exist: V8 would read
 * 30 February as 2 March. A leap second (`:60`) has no place in a count of microseconds and is refused.
 */
export function parseTimestamp(text: string): Micros | TimestampProblem {
  const parts = rfc3339.exec(text)
  if (parts === null) return 'timestamp_invalid'
  const [, years, months, days, hours, minutes, seconds, fraction = '', sign, offsetHours, offsetMinutes] =
    parts
  const date = { year: Number(years), month: Number(months), day: Number(days) }
  if (!dateExists(date) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    return 'timestamp_invalid'
  if (sign !== undefined && (Number(offsetHours) > 23 || Number(offsetMinutes) > 59))
    return 'timestamp_invalid'
  if (/[1-9]/.test(fraction.slice(6))) return 'timestamp_too_fine'

  const offset =
    sign === undefined ? 0 : Number(`${sign}1`) * (Number(offsetHours) * 60 + Number(offsetMinutes))
  const wholeSeconds =
    daysSince1970(date) * 86_400 + Number(hours) * 3600 + (Number(minutes) - offset) * 60 + Number(seconds)
  const micros = wholeSeconds * microsPerSecond + Number(fraction.slice(0, 6).padEnd(6, '0'))
  return Number.isSafeInteger(micros) ? (micros as Micros) : 'timestamp_out_of_range'
}

/** RFC 3339 in UTC: three digits of a second where they say it all, else six. */
export function formatTimestamp(micros: Micros): string {
  const millis = Math.floor(micros / 1000)
  const rest = micros - millis * 1000
  const text = new Date(millis).toISOString()
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

function dateExists({ year, month, day }: CivilDate): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const monthLength =
    month === 2
      ? isLeap(year)
        ? 29
        : 28
      : month === 4 || month === 6 || month === 9 || month === 11
        ? 30
        : 31
  return day <= monthLength
}

function daysSince1970({ year, month, day }: CivilDate): number {
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 477
  const inYear = (daysBeforeMonth[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0)
  return (year - 1970) * 365 + leapDays + inYear + day - 1
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}
