/** Reads back what the store sends in PostgreSQL's binary format: arrays as parameters, and rows of `copy`. */
import type { Micros } from '../../src/message/event.ts'

const microsFrom1970To2000 = 946_684_800_000_000
const arrayHeader = 20
const copyHeader = 19

/** The texts of UUIDs by their bytes: there are few in a simulated world. */
const texts = new Map<string, string>()

export class BinaryReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: unknown) {
    if (!(bytes instanceof Buffer)) throw new TypeError('a parameter that is not in binary')
    this.#bytes = bytes
  }

  /** The number of elements; they follow. */
  startArray(): number {
    this.#at = arrayHeader
    return this.#bytes.length < arrayHeader ? 0 : this.#bytes.readInt32BE(12)
  }

  startCopy(): void {
    this.#at = copyHeader
  }

  /** Whether there is another row, of so many columns. */
  nextRow(columns: number): boolean {
    const found = this.#bytes.readInt16BE(this.#at)
    this.#at += 2
    if (found === -1) return false
    if (found !== columns) throw new RangeError(`a row of ${found} columns instead of ${columns}`)
    return true
  }

  uuid(): string {
    const start = this.#at + 4
    this.#at = start + 16
    const bytes = this.#bytes.toString('latin1', start, this.#at)
    let text = texts.get(bytes)
    if (text === undefined) {
      const hex = this.#bytes.toString('hex', start, this.#at)
      text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      texts.set(bytes, text)
    }
    return text
  }

  int4(): number {
    this.#at += 8
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  int8(): number {
    this.#at += 12
    return this.#bytes.readInt32BE(this.#at - 8) * 2 ** 32 + this.#bytes.readUInt32BE(this.#at - 4)
  }

  nullableInt8(): number | null {
    if (this.#bytes.readInt32BE(this.#at) !== -1) return this.int8()
    this.#at += 4
    return null
  }

  timestamp(): Micros {
    return (this.int8() + microsFrom1970To2000) as Micros
  }

  text(): string {
    const length = this.#bytes.readInt32BE(this.#at)
    this.#at += 4 + length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }
}

export function uuids(parameter: unknown): string[] {
  const reader = new BinaryReader(parameter)
  return Array.from({ length: reader.startArray() }, () => reader.uuid())
}

export function int8s(parameter: unknown): number[] {
  const reader = new BinaryReader(parameter)
  return Array.from({ length: reader.startArray() }, () => reader.int8())
}
