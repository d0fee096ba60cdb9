import { isIP, isIPv6 } from 'node:net'
import type { Kind } from './setting.ts'

/** Digits only, within `min` and `max` (both included), so that `1e3`, `0x10` or `5s` are refused, not guessed. */
export function wholeNumber(range: { min: number; max: number; unit?: string }): Kind<number> {
  const { min, max, unit } = range
  return {
    allowed: `a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`,
    secret: false,
    parse(text) {
      if (!/^\d{1,15}$/.test(text)) return undefined
      const value = Number(text)
      return value >= min && value <= max ? value : undefined
    },
  }
}

/** A time in milliseconds, within `min` and `max`. */
export function milliseconds(min: number, max: number): Kind<number> {
  return wholeNumber({ min, max, unit: 'milliseconds' })
}

/** A size in bytes, within `min` and `max`. */
export function bytes(min: number, max: number): Kind<number> {
  return wholeNumber({ min, max, unit: 'bytes' })
}

/** A port to listen on; 0 stands for any free one. */
export const portOrAny: Kind<number> = wholeNumber({ min: 0, max: 65_535 })

/** `true` or `false`, as in the settings of most services; `1` and `0` mean the same. */
export const trueOrFalse: Kind<boolean> = {
  allowed: 'true or false',
  secret: false,
  parse(text) {
    const word = text.toLowerCase()
    if (word === 'true' || word === '1') return true
    return word === 'false' || word === '0' ? false : undefined
  },
}

/** One word of a closed list, in this spelling. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    allowed: words.join(' or '),
    secret: false,
    parse: (text) => words.find((word) => word === text),
  }
}

/** Any text of 1 to 255 characters that has no control characters. */
export const plainText: Kind<string> = {
  allowed: '1 to 255 characters, none of them a control character',
  secret: false,
  parse: (text) => (/^\P{Cc}{1,255}$/u.test(text) ? text : undefined),
}

/** Like plain text, but never shown. */
export const secretText: Kind<string> = { ...plainText, secret: true }

/** A name that Kafka accepts for a topic. It does not accept `.` and `..`. */
export const topicName: Kind<string> = {
  allowed: '1 to 249 of the characters a-z A-Z 0-9 . _ -',
  secret: false,
  parse: (text) => (/^[\w.-]{1,249}$/.test(text) && text !== '.' && text !== '..' ? text : undefined),
}

/** The same, or nothing for none. */
export const optionalTopicName: Kind<string> = {
  ...topicName,
  parse: (text) => (text === '' ? '' : topicName.parse(text)),
}

/** A host name or an IP address, without a port and without brackets. */
export const hostName: Kind<string> = {
  allowed: 'a host name or an IP address, without a port',
  secret: false,
  parse: (text) => (isHost(text) ? text : undefined),
}

/** `host:port`, several with commas between them; an IPv6 address stands in brackets. Spaces do not matter. */
export const addressList: Kind<readonly string[]> = {
  allowed: 'host:port, several with commas between them (an IPv6 address in brackets)',
  secret: false,
  parse(text) {
    const addresses = text.split(',').map((address) => address.trim())
    return addresses.every(isAddress) ? addresses : undefined
  },
}

function isAddress(text: string): boolean {
  const parts = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:]+)):(?<port>\d{1,5})$/.exec(text)?.groups
  if (parts === undefined) return false
  const port = Number(parts['port'])
  const { bracketed, plain } = parts
  const hostIsRight = bracketed === undefined ? plain !== undefined && isHost(plain) : isIPv6(bracketed)
  return hostIsRight && port >= 1 && port <= 65_535
}

/** Labels of letters, digits, hyphens; the underscore too, which names of containers may have. */
function isHost(text: string): boolean {
  return (
    isIP(text) !== 0 ||
    (text.length <= 253 && /^[a-z0-9_]([\w-]*\w)?(\.[a-z0-9_]([\w-]*\w)?)*\.?$/i.test(text))
  )
}
