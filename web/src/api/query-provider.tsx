/** The answers that the page keeps. Those that were given to one key are forgotten with it. */
import { QueryClient, QueryClientProvider, type Query } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useApi } from './api.tsx'
import { mayPass } from './faults.ts'
import { hasOnePage } from './paged.ts'

/** What the stream does not tell, as ages and lag, is asked for again after so long, in milliseconds. */
const everyMs = 15_000
/** And not sooner than this, however long it is overdue. */
const leastMs = 1_000
/** A question that fails for a while is asked again so often before the view says so. */
const retries = 2

export function QueryProvider({ children }: { children: ReactNode }): ReactNode {
  const { key } = useApi()
  return <AnswersOfOneKey key={key ?? ''}>{children}</AnswersOfOneKey>
}

function AnswersOfOneKey({ children }: { children: ReactNode }): ReactNode {
  const [queries] = useState(newClient)
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>
}

function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchInterval: askAgainInMs,
        retry: (failures, error) => mayPass(error) && failures < retries,
        // The stream tells what has changed since: nothing is old by itself.
        staleTime: everyMs,
      },
    },
  })
}

/**
 * Several parts of the page may look at one answer: it is asked for once for all of them. Not again: a question that is
 * wrong, and a list of which a person has loaded more.
 */
function askAgainInMs(query: Query): number | false {
  const { error, dataUpdatedAt, errorUpdatedAt } = query.state
  if ((error !== null && !mayPass(error)) || !hasOnePage(query)) return false
  return Math.max(leastMs, Math.max(dataUpdatedAt, errorUpdatedAt) + everyMs - Date.now())
}
