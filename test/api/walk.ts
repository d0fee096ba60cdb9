/** Lists, walked page after page as a client would. */
import assert from 'node:assert/strict'
import type { Answer, TestApi } from '../support/http.ts'

export type Item = Readonly<Record<string, unknown>>

/** The items of an answer. */
export function itemsOf({ status, body }: Answer): Item[] {
  assert.equal(status, 200)
  return (body as { items: Item[] }).items
}

/** The cursor of the next page; null at the end. */
export function cursorOf({ body }: Answer): string | null {
  return (body as { next_cursor: string | null }).next_cursor
}

/** All items, page after page. */
export async function walk(api: TestApi, route: string, path: string): Promise<Item[]> {
  const answer = await api.get(route, path)
  const items = itemsOf(answer)
  for (let next = cursorOf(answer); next !== null;) {
    const url = new URL(path, api.url)
    url.searchParams.set('cursor', next)
    const page = await api.get(route, url.pathname + url.search)
    items.push(...itemsOf(page))
    next = cursorOf(page)
  }
  return items
}

/** The movements of a list by their numbers, page after page. */
export async function numbers(api: TestApi, route: string, path: string): Promise<number[]> {
  const items = await walk(api, route, path)
  return items.map((item) => Number(String(item['movement_id']).slice(-12)))
}

export function codeOf({ body }: Answer): unknown {
  return (body as { code: unknown }).code
}
