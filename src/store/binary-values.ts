import type { Micros } from '../message/event.ts'

const nullLength = -1
/** PostgreSQL counts its timestamps from 2000-01-01T00:00:00Z. */
const microsFrom1970To2000 = 946_684_800_000_000
const twoTo32 = 2 ** 32
/** A character of UTF-16 takes at most so many bytes of UTF-8. */
const bytesOfCharacter = 3

/** Where the two digits of each byte begin in the text of a UUID. */
const digitsOfUuid = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
/** The value of a hexadecimal digit, by its code. */
const digitValue = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? 0 : value
})

/** Values in PostgreSQL's binary format, each behind its length; the buffer grows as it needs to. */
export class BinaryValues {
  #buffer: Buffer
  /** The same bytes; its numbers are written without a call. */
  #view: DataView
  #length = 0

  /** `expectedBytes` spares growing. */
  constructor(expectedBytes: number) {
    this.#buffer = Buffer.alloc(Math.max(expectedBytes, 64))
    this.#view = viewOf(this.#buffer)
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Two bytes, four bytes, or any, without a length before them. */
  rawInt2(value: number): void {
    this.#reserve(2)
    this.#view.setInt16(this.#length, value)
    this.#length += 2
  }

  rawInt4(value: number): void {
    this.#reserve(4)
    this.#putInt4(value)
  }

  raw(bytes: Buffer): void {
    this.#reserve(bytes.length)
    bytes.copy(this.#buffer, this.#length)
    this.#length += bytes.length
  }

  null(): void {
    this.rawInt4(nullLength)
  }

  /** Of the canonical form: 36 characters, lower or upper case. */
  uuid(value: string): void {
    this.#start(16)
    const buffer = this.#buffer
    let at = this.#length
    for (const digit of digitsOfUuid) {
      const high = digitValue[value.charCodeAt(digit)] ?? 0
      const low = digitValue[value.charCodeAt(digit + 1)] ?? 0
      buffer[at] = (high << 4) | low
      at += 1
    }
    this.#length = at
  }

  int4(value: number): void {
    this.#start(4)
    this.#putInt4(value)
  }

  /** A safe integer. */
  int8(value: number): void {
    this.#start(8)
    this.#putInt4(Math.floor(value / twoTo32))
    this.#putInt4(value) // the lower half: what is above 32 bits falls away
  }

  timestamp(value: Micros): void {
    this.int8(value - microsFrom1970To2000)
  }

  text(value: string): void {
    this.#reserve(4 + value.length * bytesOfCharacter)
    const bytes = this.#buffer.write(value, this.#length + 4)
    this.#putInt4(bytes)
    this.#length += bytes
  }

  /** A value of so many bytes follows. */
  #start(bytes: number): void {
    this.#reserve(4 + bytes)
    this.#putInt4(bytes)
  }

  #putInt4(value: number): void {
    this.#view.setInt32(this.#length, value)
    this.#length += 4
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#length + bytes))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
    this.#view = viewOf(larger)
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}
