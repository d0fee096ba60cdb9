/**
 * Arrays as parameters of a statement, in binary. A parameter that is a Buffer is sent as it is: neither does this process
 * quote thousands of elements, nor does the server parse them.
 */
import type { Micros } from '../message/event.ts'
import { BinaryValues } from './binary-values.ts'

/** Numbers of the types in PostgreSQL's own catalogue, which never change. */
const types = { uuid: 2950, int8: 20, timestamptz: 1184 } as const

const headerBytes = 20
const elementBytes = 20

/** `uuid[]`, of UUIDs in their canonical form. */
export function uuidArray(values: readonly string[]): Buffer {
  const array = startArray(types.uuid, values.length)
  for (const value of values) array.uuid(value)
  return array.bytes
}

/** `bigint[]`, of safe integers. */
export function int8Array(values: readonly number[]): Buffer {
  const array = startArray(types.int8, values.length)
  for (const value of values) array.int8(value)
  return array.bytes
}

/** `timestamptz[]`. */
export function timestampArray(values: readonly Micros[]): Buffer {
  const array = startArray(types.timestamptz, values.length)
  for (const value of values) array.timestamp(value)
  return array.bytes
}

function startArray(type: number, length: number): BinaryValues {
  const array = new BinaryValues(headerBytes + length * elementBytes)
  array.rawInt4(1) // one dimension
  array.rawInt4(0) // no nulls
  array.rawInt4(type)
  array.rawInt4(length)
  array.rawInt4(1) // counted from one
  return array
}
