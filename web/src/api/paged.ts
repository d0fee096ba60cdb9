/** Lists that are loaded page by page. */
import type { Query } from '@tanstack/react-query'

/** A list of which more was loaded than its first page stays as it is, and says that there is something new. */
export function hasOnePage({ state }: Pick<Query, 'state'>): boolean {
  const { data } = state
  return !isPaged(data) || data.pages.length <= 1
}

export function isPaged(data: unknown): data is { readonly pages: readonly unknown[] } {
  return typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
}

/** Somebody waits for its next page: asking for the first one now would throw that away. */
export function isLoadingMore({ state }: Pick<Query, 'state'>): boolean {
  return state.fetchStatus === 'fetching' && state.fetchMeta?.fetchMore !== undefined
}
