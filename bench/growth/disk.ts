import { statfs } from 'node:fs/promises'
import type { Queryable } from '../../src/store/database.ts'
import { StackError } from '../../stack/stack-error.ts'

/** A table without its indexes, or an index; the parts of a partitioned one as one. In bytes. */
export interface Relation {
  readonly name: string
  readonly kind: 'table' | 'index'
  readonly bytes: number
}

/** Tables in the order of their size, each before its indexes. Those of nothing are left out. */
export async function readRelations(db: Queryable): Promise<Relation[]> {
  return await db.query<Relation>(`
    with relation as (
      select coalesce(pg_partition_root(t.oid), t.oid) as table_oid,
        coalesce(pg_partition_root(r.oid), r.oid) as oid, pg_table_size(r.oid) as bytes
      from pg_class t
      left join pg_index i on i.indrelid = t.oid
      cross join lateral (select t.oid union select i.indexrelid where i.indexrelid is not null) r (oid)
      where t.relnamespace = 'public'::regnamespace and t.relkind = 'r'
      group by 1, 2, r.oid
    ), whole as (
      select table_oid, oid, sum(bytes)::bigint as bytes from relation group by 1, 2
    )
    select w.oid::regclass::text as name, case when w.oid = w.table_oid then 'table' else 'index' end as kind, w.bytes
    from whole w
    where w.bytes > 8192
    order by sum(w.bytes) over (partition by w.table_oid) desc, w.table_oid, w.oid <> w.table_oid, w.bytes desc, name`)
}

export function totalBytes(relations: readonly Relation[]): number {
  return relations.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** What a movement takes, measured, with a fourth more. */
const bytesPerMovement = 1300
/** The log, the templates, and the empty books beside the large ones. */
const bytesBeside = 3e9

/** What a run needs at its peak. */
export function bytesNeeded(movements: number): number {
  return movements * bytesPerMovement + bytesBeside
}

/** @throws {StackError} when there is not room for so many movements on the disk of the folder */
export async function assertRoomFor(movements: number, folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const [free, needed] = [bavail * bsize, bytesNeeded(movements)]
  if (free >= needed) return
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
  throw new StackError(
    `${movements} movements need ${gigabytes(needed)} of disk, and ${gigabytes(free)} are free at ${folder}. Take smaller --marks.`,
  )
}
