/** The `id` of the stream's messages: a place in what happens, which any process understands. */
import type { BatchNumbers } from '../store/read-booked-batches.ts'

/** One entry a partition, both numbers in base 36: some 10 characters each. */
const form = /^v1(?:_[0-9a-z]{1,6}\.[0-9a-z]{1,11})*$/

export function encodePlace(place: BatchNumbers): string {
  const entries = [...place].map(([partition, batch]) => `_${partition.toString(36)}.${batch.toString(36)}`)
  return `v1${entries.join('')}`
}

/** Null for what is none. */
export function decodePlace(id: string): BatchNumbers | null {
  if (!form.test(id)) return null
  const entries = id.split('_').slice(1)
  const numbers = entries.map((entry) => entry.split('.').map((digits) => Number.parseInt(digits, 36)))
  const place = new Map(numbers.map(([partition = 0, batch = 0]) => [partition, batch]))
  const isExact = [...place].flat().every((number) => Number.isSafeInteger(number))
  return isExact && place.size === entries.length ? place : null
}
