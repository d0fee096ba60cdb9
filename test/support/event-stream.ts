/** A client of the stream that reads as a browser does, and can come back with the last id that it has seen. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { waitFor } from './wait.ts'

export interface StreamedMessage {
  readonly event: string
  readonly id: string
  readonly data: unknown
  readonly receivedAtMs: number
}

export interface StreamReader {
  readonly response: Response
  readonly messages: readonly StreamedMessage[]
  /** All that came, also what is no message. */
  readonly text: () => string
  readonly lastId: () => string
  /** Until the condition holds for what has come, 10 s at most. */
  until(what: string, condition: (messages: readonly StreamedMessage[]) => boolean): Promise<void>
  /** Until the server has ended it. */
  readonly ended: Promise<void>
  leave(): void
}

export async function openStream(t: TestContext, url: string, init: RequestInit = {}): Promise<StreamReader> {
  const abort = new AbortController()
  t.after(() => abort.abort())
  const response = await fetch(url, { ...init, signal: abort.signal })
  assert.equal(response.status, 200, response.status === 200 ? '' : await response.text())
  const messages: StreamedMessage[] = []
  let received = ''
  let lastId = ''
  const ended = (async () => {
    let rest = ''
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        received += chunk
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const fields = new Map(
            block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]),
          )
          lastId = fields.get('id') ?? lastId
          const data = fields.get('data')
          if (data === undefined) continue
          const event = fields.get('event') ?? 'message'
          messages.push({ event, id: lastId, data: JSON.parse(data), receivedAtMs: performance.now() })
        }
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error
    }
  })()
  ended.catch(() => undefined)
  return {
    response,
    messages,
    text: () => received,
    lastId: () => lastId,
    until: async (what, condition) => {
      await waitFor(what, () => condition(messages), { limitMs: 10_000, everyMs: 5 })
    },
    ended,
    leave: () => abort.abort(),
  }
}

interface Changes {
  readonly counts: Record<string, number>
  readonly bookings: readonly {
    readonly movement_id: string
    readonly warehouse_id: string
    readonly line: number
  }[]
  readonly held: readonly { readonly movement_id: string }[]
  readonly cards: readonly { readonly warehouse_id: string; readonly product_id: string }[]
  readonly movements: readonly string[]
  readonly more: boolean
}

/** What the messages of changes say, in their order. */
export function changesOf(messages: readonly StreamedMessage[]): Changes[] {
  return messages.filter(({ event }) => event === 'changes').map(({ data }) => data as Changes)
}

/** The counts of all messages together, without those that are zero. */
export function countsOf(messages: readonly StreamedMessage[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { counts } of changesOf(messages)) {
    for (const [kind, count] of Object.entries(counts)) if (count > 0) sums[kind] = (sums[kind] ?? 0) + count
  }
  return sums
}
