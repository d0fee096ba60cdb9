/**
 * The API key of this tab, where the service asks for one. It is kept in the tab's session storage: closing the tab
 * forgets it, and no other page can read it.
 */
const place = 'bincard.key'

export interface ApiKeyStore {
  readonly read: () => string | undefined
  readonly write: (key: string | undefined) => void
  /** Answers the function that ends it. */
  readonly subscribe: (onChange: () => void) => () => void
}

export function createApiKeyStore(storage: Storage): ApiKeyStore {
  const listeners = new Set<() => void>()
  return {
    read: () => storage.getItem(place) ?? undefined,
    write(key) {
      if (key === undefined) storage.removeItem(place)
      else storage.setItem(place, key)
      for (const onChange of listeners) onChange()
    },
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
  }
}
