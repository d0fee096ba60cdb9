import { createHash } from 'node:crypto'

/** Numbers and ids that look like chance, and are the same for the same seed. */
export interface Chance {
  /** A whole number from 0, below the limit. */
  below(limit: number): number
  /** A UUID of version 4. */
  uuid(): string
}

/** Of each byte. */
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * xoshiro128** (Blackman and Vigna, 2018), begun from a hash of the seed. A million ids are wanted before a step begins:
 * a hash for each, as the demo draws them, would take as long as the step.
 */
export function chanceOf(seed: string): Chance {
  const begin = createHash('sha256').update(seed).digest()
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => begin.readUInt32LE(at)) as [number, number, number, number]

  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  const pair = (bits: number): string => (hex[bits & 255] ?? '') + (hex[(bits >>> 8) & 255] ?? '')

  return {
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
    uuid() {
      const [first, second, third, fourth] = [next(), next(), next(), next()]
      const version = (second & 0xff0f_ffff) | 0x0040_0000
      const variant = (third & 0xffff_ff3f) | 0x0000_0080
      return `${pair(first)}${pair(first >>> 16)}-${pair(second)}-${pair(version >>> 16)}-${pair(variant)}-${pair(variant >>> 16)}${pair(fourth)}${pair(fourth >>> 16)}`
    },
  }
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by))
}
