/**
 * API keys: who may ask the HTTP API for what. The service never knows a key, only its SHA-256, which is enough to
 * recognise it. A plain hash is right here: a key is 256 random bits, which nobody guesses however fast the hash is.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { WarehouseId } from '../message/event.ts'
import { parseUuid } from '../message/uuid.ts'

/** What a key may do, the least first: each role may do all that the ones before it may. */
export const roles = ['read', 'write', 'admin'] as const
export type Role = (typeof roles)[number]

/** What a request may do. */
export interface Grant {
  readonly role: Role
  /** The warehouses it is limited to; null for all. */
  readonly warehouses: ReadonlySet<WarehouseId> | null
}

/** A key as the service knows it. */
export interface ApiKey extends Grant {
  /** For people and for the limit of requests; unique. */
  readonly name: string
  /** SHA-256 of the key. */
  readonly hash: Buffer
}

/** Whether who has one role may do what needs the other. */
export function covers(has: Role, needed: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(needed)
}

/** Each request is compared with every key: a thousand take about 0.1 ms. */
export const maxKeys = 1000
const maxWarehousesOfKey = 1000

const separators = /[\s,]+/
const comment = /^[ \t]*#.*$/gm
const form = /^(?<name>[\w.-]{1,64}):(?<role>read|write|admin)(?::(?<scope>[^:]+))?:(?<hash>[0-9a-f]{64})$/

/**
 * Reads `NAME:ROLE:SHA256` or `NAME:ROLE:WAREHOUSE+WAREHOUSE:SHA256`, several with commas, spaces or line ends between
 * them; lines that begin with `#` are comments. Null if anything else stands there, or a name or hash stands there twice.
 */
export function parseApiKeys(text: string): readonly ApiKey[] | null {
  const entries = text
    .replaceAll(comment, '')
    .split(separators)
    .filter((entry) => entry !== '')
  const keys = entries.map(parseApiKey).filter((key) => key !== null)
  const names = new Set(keys.map(({ name }) => name))
  const hashes = new Set(keys.map(({ hash }) => hash.toString('hex')))
  const counts = [keys.length, names.size, hashes.size]
  return entries.length <= maxKeys && counts.every((count) => count === entries.length) ? keys : null
}

function parseApiKey(entry: string): ApiKey | null {
  const { name, role, scope, hash } = form.exec(entry)?.groups ?? {}
  const known = roles.find((one) => one === role)
  if (name === undefined || known === undefined || hash === undefined) return null
  const warehouses = scope === undefined ? null : parseWarehouses(scope)
  return warehouses === undefined ? null : { name, role: known, warehouses, hash: Buffer.from(hash, 'hex') }
}

function parseWarehouses(scope: string): ReadonlySet<WarehouseId> | undefined {
  const ids = scope.split('+').map((id) => parseUuid<WarehouseId>(id))
  const known = ids.filter((id) => id !== null)
  return known.length === ids.length && ids.length <= maxWarehousesOfKey ? new Set(known) : undefined
}

/** Begins every key, so that people and scanners recognise one that got lost, and the log hides it. */
const prefix = 'bincard_'

/** A key anywhere in a text. */
export const secretPattern = /bincard_[\w-]{43}/g

/** A new key: the prefix and 256 random bits, in characters that need no quoting anywhere. */
export function newSecret(randomBytes: (size: number) => Buffer): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** What the service knows of a key. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/**
 * The key that a client sent, or null. Every key is compared in constant time and none ends the search, so the time
 * tells neither how much of a guess was right nor whose key it was.
 */
export function findApiKey(keys: readonly ApiKey[], secret: string): ApiKey | null {
  const hash = hashSecret(secret)
  let found: ApiKey | null = null
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key
  return found
}
