/** The stream for the whole page: one connection, from the sign-in to the end of the page. */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import { useApi } from '../api/api.tsx'
import { LiveFeed, type LiveView } from './feed.ts'
import { Renewal } from './renew.ts'
import type { Throughput } from './throughput.ts'

const FeedContext = createContext<LiveFeed | null>(null)

export function LiveProvider({ children }: { children: ReactNode }): ReactNode {
  const queries = useQueryClient()
  const { key, client } = useApi()
  const [live, setLive] = useState<LiveFeed | null>(null)
  useEffect(() => {
    const renewal = new Renewal(queries)
    const feed = new LiveFeed({
      apiKey: key,
      onChanges: renewal.onChanges,
      onReset: renewal.onReset,
      askForPast: () => client.getThroughput(),
    })
    feed.start()
    setLive(feed)
    return () => {
      feed.stop()
      renewal.stop()
    }
  }, [queries, key, client])
  return <FeedContext value={live}>{children}</FeedContext>
}

const nothingYet: LiveView = { state: 'connecting', latest: [], changedAtMs: 0, knownUntilMs: 0 }
const noSubscription = (): (() => void) => () => undefined

/** Changes with each message. */
export function useLive(): LiveView {
  const feed = use(FeedContext)
  return useSyncExternalStore(feed?.subscribe ?? noSubscription, feed?.read ?? (() => nothingYet))
}

/** How often the chart moves on, in milliseconds. */
const chartEveryMs = 1_000

/** Null before the stream has begun. */
export function useThroughput(): Throughput | null {
  const feed = use(FeedContext)
  const [throughput, setThroughput] = useState<Throughput | null>(null)
  useEffect(() => {
    if (feed === null) return undefined
    const look = (): void => setThroughput(feed.readThroughput())
    look()
    const timer = setInterval(look, chartEveryMs)
    return () => clearInterval(timer)
  }, [feed])
  return throughput
}
