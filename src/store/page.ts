import type { Queryable } from './database.ts'

/** Several reads of one moment. */
export interface Snapshots {
  snapshot<Result>(work: (session: Queryable) => Promise<Result>): Promise<Result>
}

/** A part of a list, and the key after which to go on; null at the end of the list. */
export interface Page<Item, Key> {
  readonly items: readonly Item[]
  readonly next: Key | null
}

export interface PageAfter<Key> {
  /** Only what comes after this key in the order of the list; null for its beginning. */
  readonly after: Key | null
  /** Items at most. */
  readonly limit: number
}

/**
 * Index entries that one page looks at, where a filter is tested on each of them: so a page costs some 10 ms, however
 * rare the matches are (`npm run bench:questions`; twice as many cost twice as much). Such a page may be short, even
 * empty, and still have a next one.
 */
export const walkedPerPage = 500

/** What a page looks at in order to fill `limit`: one more tells whether there is a next page. */
export function rowsToRead({ limit, filtered }: { limit: number; filtered: boolean }): number {
  return filtered ? walkedPerPage : limit + 1
}

/**
 * Cuts a page out of the rows that were walked in the order of the list, at most `walked` of them. The next page goes
 * on after the last match if there are more, else after the last row that was looked at.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  { limit, walked, matches = () => true }: { limit: number; walked: number; matches?: (row: Row) => boolean },
): Page<Row, Row> {
  const found = rows.filter(matches)
  const items = found.slice(0, limit)
  if (found.length > limit) return { items, next: items.at(-1) ?? null }
  return { items, next: rows.length < walked ? null : (rows.at(-1) ?? null) }
}
