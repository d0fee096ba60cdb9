/** What a process really keeps in its heap: asked by its inspector, after a whole collection of garbage. */
import type { ServiceProcess } from './service-process.ts'
import { waitFor } from './wait.ts'

export interface KeptHeap {
  /** Collects garbage, and answers the bytes that are left. The process stands still for some tens of milliseconds. */
  measure(): Promise<number>
  close(): void
}

/** For an `execArgv` of Node: the inspector on loopback, on any port. */
export const inspectable = '--inspect=127.0.0.1:0'

interface Reply {
  readonly id?: number
  readonly result?: { readonly usedSize?: number }
}

/** The service must have been started with `inspectable`; what it prints says where its inspector is. */
export async function keptHeap({ errors }: ServiceProcess): Promise<KeptHeap> {
  const address = await waitFor('the inspector', () =>
    errors.map((line) => /ws:\/\/\S+/.exec(line)?.[0]).find((found) => found !== undefined),
  )
  const socket = new WebSocket(address)
  const opened = Promise.withResolvers<void>()
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('error', () => opened.reject(new Error('the inspector takes no connection')))
  await opened.promise
  const waiting = new Map<number, (reply: Reply) => void>()
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply)
  })
  let last = 0
  const ask = async (method: string): Promise<Reply> => {
    const id = (last += 1)
    const { promise, resolve } = Promise.withResolvers<Reply>()
    waiting.set(id, resolve)
    socket.send(JSON.stringify({ id, method }))
    const reply = await promise
    waiting.delete(id)
    return reply
  }
  return {
    measure: async () => {
      await ask('HeapProfiler.collectGarbage')
      const { result } = await ask('Runtime.getHeapUsage')
      if (result?.usedSize === undefined) throw new Error('the inspector does not tell the heap')
      return result.usedSize
    },
    close: () => socket.close(),
  }
}
