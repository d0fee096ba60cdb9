/** Readers at the side of a fault: what they were answered, and whether any page contradicted itself. */
import { setTimeout as sleep } from 'node:timers/promises'

interface CardPage {
  readonly quantity: number
  readonly last_line: number
  readonly history: readonly { readonly line: number; readonly change: number; readonly balance: number }[]
}

export interface ReadTally {
  /** Answers by status; 0 where there was none. */
  readonly statuses: ReadonlyMap<number, number>
  readonly reads: number
  readonly slowestMs: number
  /** How long each answer took, sorted. */
  readonly tookMs: readonly number[]
  /** Pages that contradicted themselves, and answers that were no JSON. */
  readonly wrong: readonly string[]
  /** Errors that were not told as problem+json. */
  readonly unexplained: readonly string[]
}

export interface SideReaders {
  /** Forgets what was seen so far, for a part of the run of its own. */
  begin(): void
  seen(): ReadTally
  stop(): Promise<ReadTally>
}

export interface SideReadersOptions {
  /** Base addresses; may change while they read. */
  readonly addresses: () => readonly string[]
  /** Cards to read, `/api/warehouses/…/products/…`; one after the other. */
  readonly paths: readonly string[]
  readonly readers?: number
  /** Between two questions of one reader. */
  readonly pauseMs?: number
  readonly answerLimitMs?: number
}

export function startSideReaders(options: SideReadersOptions): SideReaders {
  const { addresses, paths, readers = 2, pauseMs = 20, answerLimitMs = 30_000 } = options
  const over = new AbortController()
  let tally = emptyTally()
  const read = async (address: string, path: string): Promise<void> => {
    const startedMs = performance.now()
    const current = tally
    let status = 0
    try {
      const answer = await fetch(address + path, { signal: AbortSignal.timeout(answerLimitMs) })
      status = answer.status
      const body = (await answer.json()) as CardPage
      if (status === 200) {
        const fault = contradictionIn(body)
        if (fault !== null) keep(current.wrong, `${path}: ${fault}`)
      } else if (answer.headers.get('content-type')?.startsWith('application/problem+json') !== true)
        keep(current.unexplained, `${status} ${answer.headers.get('content-type')}`)
    } catch (error) {
      status = 0
      keep(current.unexplained, String(error instanceof Error ? (error.cause ?? error) : error))
    }
    current.statuses.set(status, (current.statuses.get(status) ?? 0) + 1)
    current.tookMs.push(performance.now() - startedMs)
  }
  const loop = async (first: number): Promise<void> => {
    for (let n = first; !over.signal.aborted; n += 1) {
      const all = addresses()
      const [address, path] = [all[n % all.length], paths[n % paths.length]]
      if (address !== undefined && path !== undefined) await read(address, path)
      await sleep(pauseMs)
    }
  }
  const running = Array.from({ length: readers }, (_, index) => loop(index * 7))
  const seen = (): ReadTally => ({
    ...tally,
    reads: tally.tookMs.length,
    slowestMs: Math.max(0, ...tally.tookMs),
    tookMs: tally.tookMs.toSorted((a, b) => a - b),
  })
  return {
    begin: () => {
      tally = emptyTally()
    },
    seen,
    stop: async () => {
      over.abort()
      await Promise.all(running)
      return seen()
    },
  }
}

/** What a page of a card says against itself; null if nothing. */
export function contradictionIn({ quantity, last_line: lastLine, history }: CardPage): string | null {
  if (quantity < 0) return `a quantity of ${quantity}`
  const [newest] = history
  if (newest !== undefined && (newest.line !== lastLine || newest.balance !== quantity))
    return `line ${newest.line} with ${newest.balance}, and beside it line ${lastLine} with ${quantity}`
  for (const [index, { line, change, balance }] of history.entries()) {
    const before = history[index + 1]
    if (balance < 0) return `a balance of ${balance}`
    if (before !== undefined && (before.line !== line - 1 || before.balance + change !== balance))
      return `line ${line} does not follow line ${before.line}`
  }
  return null
}

/** The share of answers, from 0 to 1, that took at most so long; in milliseconds. */
export function quantile(sortedMs: readonly number[], share: number): number {
  return sortedMs[Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share))] ?? 0
}

const mostKept = 5

function keep(list: string[], text: string): void {
  if (list.length < mostKept) list.push(text)
}

function emptyTally() {
  return {
    statuses: new Map<number, number>(),
    tookMs: [] as number[],
    wrong: [] as string[],
    unexplained: [] as string[],
  }
}
