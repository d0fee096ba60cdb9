import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from './pace.ts'

/** @param tickMs Node's timers know whole milliseconds, and come up to one late */
export function realClock(tickMs: number): Clock {
  return { now: () => performance.now(), nextTick: () => sleep(tickMs) }
}
