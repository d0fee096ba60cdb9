/** Walks a list to its end. Nothing is read ahead: the next page is asked for when the loop comes to it. */
import type { CallOptions } from './call.ts'

/** What an answer must have to be a page of something. */
interface Page {
  /** Null at the end of the list. */
  readonly next_cursor: string | null
}

/** Among the arguments a cursor is where the walk begins. */
interface Start {
  readonly cursor?: string | undefined
}

/** An operation of the client that answers a page of something. */
type Listing<Arguments, Answer> = (args: Arguments & Start, options?: CallOptions) => Promise<Answer>

/**
 * The pages of a list, or of a card's lines: `for await (const page of pages(client.getCard, { … }))`. With a filter a
 * page may be empty and still have a next one. What the calls throw ends the loop.
 */
export async function* pages<Arguments extends object, Answer extends Page>(
  list: Listing<Arguments, Answer>,
  args: Arguments & Start,
  options?: CallOptions,
): AsyncGenerator<Answer, void, undefined> {
  let page = await list(args, options)
  yield page
  while (page.next_cursor !== null) {
    page = await list({ ...args, cursor: page.next_cursor }, options)
    yield page
  }
}

/** Each item of a list, page after page: `for await (const held of items(client.listHeld, { … }))`. */
export async function* items<Arguments extends object, Item>(
  list: Listing<Arguments, Page & { readonly items: readonly Item[] }>,
  args: Arguments & Start,
  options?: CallOptions,
): AsyncGenerator<Item, void, undefined> {
  for await (const page of pages(list, args, options)) yield* page.items
}
