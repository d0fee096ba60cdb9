/**
 * Follows `GET /api/stream` for as long as it is told to, over any number of connections, without missing what the
 * service still knows (`Last-Event-ID`). By `fetch` and not `EventSource`, which cannot send a key.
 */
import { createParser } from 'eventsource-parser'
import type { Changes } from '../../../src/client/client.ts'

export type StreamMessage =
  | { readonly kind: 'ready'; readonly resumed: boolean }
  | { readonly kind: 'changes'; readonly changes: Changes }
  | { readonly kind: 'reset' }

export interface Follow {
  readonly apiKey: string | undefined
  /** Ends it, and what is under way. */
  readonly signal: AbortSignal
  /** Of the last message that was heard before; empty to hear only what comes. */
  readonly lastId: string
  readonly onMessage: (message: StreamMessage, lastId: string) => void
  /** The service is heard, if only to say that there is nothing new: up to `lastId` all is known. */
  readonly onAlive: (lastId: string) => void
  /** The connection has ended, or there was none. It is tried again. */
  readonly onLost: () => void
}

/** The service says something every ten seconds, if only a comment. */
const silenceMs = 25_000
/** Between two tries; the longer one when the service is there and has no room, or says no. */
const retryMs = 2_000
const refusedRetryMs = 15_000

/** Returns when the signal ends it. */
export async function followStream(follow: Follow): Promise<void> {
  let { lastId } = follow
  const onAlive: Follow['onAlive'] = (id) => {
    lastId = id
    follow.onAlive(id)
  }
  while (!follow.signal.aborted) {
    const pauseMs = await readOnce({ ...follow, lastId, onAlive })
    if (follow.signal.aborted) return
    follow.onLost()
    await pause(pauseMs, follow.signal)
  }
}

/** Reads one connection to its end. @returns how long to wait before the next one, in milliseconds */
async function readOnce(follow: Follow): Promise<number> {
  const silence = new AbortController()
  const watch = new SilenceWatch(() => silence.abort())
  try {
    const signal = AbortSignal.any([follow.signal, silence.signal])
    const response = await fetch('/api/stream', { headers: headersOf(follow), signal })
    if (!response.ok || response.body === null) return refusedRetryMs
    await readMessages(response.body, follow, watch)
  } catch {
    // The connection broke, was cut or never came about: the next one tells what was missed.
  } finally {
    watch.stop()
    silence.abort()
  }
  return retryMs
}

function headersOf({ apiKey, lastId }: Follow): Record<string, string> {
  return {
    accept: 'text/event-stream',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(lastId === '' ? {} : { 'last-event-id': lastId }),
  }
}

async function readMessages(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { lastId, onMessage, onAlive }: Follow,
  watch: SilenceWatch,
): Promise<void> {
  let newestId = lastId
  const parser = createParser({
    onId: (id) => {
      newestId = id
    },
    onEvent({ event, data }) {
      const message = messageOf(event, data)
      if (message !== null) onMessage(message, newestId)
    },
  })
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    watch.heard()
    parser.feed(value)
    onAlive(newestId)
  }
}

/** Null for a kind of message that a newer service may send. */
function messageOf(event: string | undefined, data: string): StreamMessage | null {
  if (event === 'changes') return { kind: 'changes', changes: JSON.parse(data) as Changes }
  if (event === 'ready') return { kind: 'ready', ...(JSON.parse(data) as { resumed: boolean }) }
  return event === 'reset' ? { kind: 'reset' } : null
}

/** A connection that says nothing for too long is taken for dead. */
class SilenceWatch {
  readonly #onSilence: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence
    this.heard()
  }

  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onSilence, silenceMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
