import { Type, type TSchema } from 'typebox'
import type { PageAfter } from '../store/page.ts'
import { afterQuery, problemsOfAfter } from './after.ts'
import { decodeCursor, encodeCursor, type CursorKind } from './cursor.ts'
import { defaultPageLines, parameterProblem, queryParameters } from './parameters.ts'
import type { Problem } from './problems.ts'
import { define, nullable, ref } from './schema.ts'

/** The query parameters of every list. Its route takes `waitsForAfter` for the last of them. */
export const pageQuery = {
  limit: Type.Optional(queryParameters.limit.schema),
  cursor: Type.Optional(queryParameters.cursor.schema),
  ...afterQuery,
}

/** What every list answers when they are wrong. */
export const pageProblems: readonly Problem[] = [
  parameterProblem('cursor'),
  parameterProblem('limit'),
  ...problemsOfAfter,
]

/** Where the page begins, or what is wrong with the cursor. */
export function readPageQuery<Key>(
  kind: CursorKind<Key>,
  { limit = defaultPageLines, cursor }: { readonly limit?: number; readonly cursor?: string },
): PageAfter<Key> | Problem {
  if (cursor === undefined) return { after: null, limit }
  const after = decodeCursor(kind, cursor)
  return after === null ? parameterProblem('cursor') : { after, limit }
}

/** A page of a list, as a schema of its own name. */
export function definePage<Item extends TSchema & { readonly $id: string }>(
  item: Item,
  { description, example }: { description: string; example: unknown },
) {
  return define(
    `${item.$id}Page`,
    Type.Object(
      {
        items: Type.Array(ref(item)),
        next_cursor: nullable(
          Type.String({ description: 'Pass it as `cursor` for the next page; null at the end of the list.' }),
        ),
      },
      { description, examples: [{ items: [example], next_cursor: null }] },
    ),
  )
}

/** The cursor of the next page, or null. */
export function nextCursor<Key>(kind: CursorKind<Key>, next: Key | null): string | null {
  return next === null ? null : encodeCursor(kind, next)
}

/** For the description of a list that tests its filters on each row. */
export const shortPages =
  'With a filter a page may be short, or empty, and still have a next one: follow `next_cursor` until it is null.'
