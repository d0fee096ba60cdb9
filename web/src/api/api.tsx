/** The service, as the views reach it: the client with the key of this tab. */
import { createContext, use, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { createClient, type Client, type Fetch } from '../../../src/client/client.ts'
import type { ApiKeyStore } from './api-key.ts'

interface Api {
  readonly client: Client
  readonly key: string | undefined
  /** Undefined forgets it. */
  readonly setKey: (key: string | undefined) => void
}

const ApiContext = createContext<Api | null>(null)

export function ApiProvider({ keys, children }: { keys: ApiKeyStore; children: ReactNode }): ReactNode {
  const key = useSyncExternalStore(keys.subscribe, keys.read)
  const api = useMemo(
    () => ({
      client: createClient({ baseUrl: '', apiKey: key, fetch: fetchInTime }),
      key,
      setKey: keys.write,
    }),
    [key, keys],
  )
  return <ApiContext value={api}>{children}</ApiContext>
}

/** Longer than the service takes for any answer, in milliseconds; what takes longer has hung. */
const answerLimitMs = 45_000

const fetchInTime: Fetch = (url, init) => {
  const limit = AbortSignal.timeout(answerLimitMs)
  const signal = init.signal instanceof AbortSignal ? AbortSignal.any([init.signal, limit]) : limit
  return globalThis.fetch(url, { ...init, signal })
}

export function useApi(): Api {
  const api = use(ApiContext)
  if (api === null) throw new Error('Only inside an ApiProvider.')
  return api
}
