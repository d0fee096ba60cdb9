import { Client } from 'pg'
import type { DatabaseAddress } from '../databases.ts'

/** Keeps all that books in a database waiting at its first step, the position. */
export interface Gate {
  /** May be called again. */
  open(): Promise<void>
}

/** So long may a process wait there, instead of taking it for a fault. */
export const gateEnvironment = {
  POSTGRES_STATEMENT_TIMEOUT_MS: '120000',
  POSTGRES_LOCK_TIMEOUT_MS: '90000',
  LANE_STALL_TIMEOUT_MS: '240000',
}

/** Closed when it resolves. */
export async function closeGate(address: DatabaseAddress): Promise<Gate> {
  const client = new Client(address)
  await client.connect()
  await client.query('begin')
  await client.query('lock table kafka_position in access exclusive mode')
  let isOpen = false
  return {
    open: async () => {
      if (isOpen) return
      isOpen = true
      await client.query('commit')
      await client.end()
    },
  }
}
