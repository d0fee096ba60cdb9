import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../src/store/database.ts'

/** Makes the ledgers of an empty database anew, each of so many partitions by hash. */
export async function partitionLedgers(database: Database, partitions: number): Promise<void> {
  const text = await readFile(join(import.meta.dirname, 'partition-ledgers.sql'), 'utf8')
  await database.query(text.replaceAll(':partitions', String(partitions)))
}
