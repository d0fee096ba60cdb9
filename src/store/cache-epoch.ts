import type { Queryable, Session } from './database.ts'

/** Names the contents of the database to the cache; another one after a restore. */
export async function readCacheEpoch(db: Queryable): Promise<string> {
  const [row] = await db.query<{ epoch: string }>('select epoch from cache_epoch')
  if (row === undefined) throw new Error('the table cache_epoch has no row')
  return row.epoch
}

/** The contents are others now: no page that was kept of them is answered again. */
export async function renewCacheEpoch(session: Session): Promise<void> {
  await session.query('update cache_epoch set epoch = gen_random_uuid()')
}
