/** Callers that read and write few cards by HTTP, as many at once as there are, and watch that no card grows older. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { departureEvent } from '../../src/api/samples.ts'
import { ask, type Answer } from './http.ts'
import type { ServiceProcess } from './service-process.ts'
import { waitFor } from './wait.ts'

export interface Card {
  readonly quantity: number
  readonly last_line: number
  readonly history: readonly { readonly line: number }[]
}

export interface Outcome {
  readonly outcome: string
  readonly partition: number
  readonly offset: number
}

const { warehouse_id: warehouseId } = departureEvent.data
const productId = (card: number): string => `cccccccc-0000-4000-8000-${String(card).padStart(12, '0')}`
const movementId = (n: number): string => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`

export const cardPath = (card = 0): string => `/api/warehouses/${warehouseId}/products/${productId(card)}`

export async function readCard(service: ServiceProcess, card = 0, init: RequestInit = {}): Promise<Answer> {
  return await ask(`http://127.0.0.1:${service.port}${cardPath(card)}`, init)
}

/** Asks until the answer comes from the cache. */
export async function hitCard(service: ServiceProcess, card = 0): Promise<Answer> {
  return await waitFor('an answer from the cache', async () => {
    const answer = await readCard(service, card)
    assert.equal(answer.status, 200)
    return answer.headers.get('x-cache') === 'hit' ? answer : null
  })
}

/** Past the cache. */
export async function readStoredCard(service: ServiceProcess, card = 0): Promise<Card> {
  return (await ask(`http://127.0.0.1:${service.port}${cardPath(card)}?limit=49`)).body as Card
}

/** Books one piece by a movement of this number, and fails if it is not booked. */
export async function bookOne(service: ServiceProcess, n: number, card = 0): Promise<Outcome> {
  const { status, outcome } = await postOne(service, n, card)
  if (status === 202 && outcome?.outcome === 'accepted') {
    const path = `${cardPath(card)}?after=${outcome.partition}:${outcome.offset}`
    await waitFor('the booking', async () => (await service.get(path)).status === 200)
    const again = await postOne(service, n, card)
    assert.equal(again.outcome?.outcome, 'duplicate', 'it was booked')
    return { ...outcome, outcome: 'booked' }
  }
  assert(status === 200 && outcome?.outcome === 'booked', `${status} ${JSON.stringify(outcome)}`)
  return outcome
}

async function postOne(service: ServiceProcess, n: number, card: number) {
  const { status, body } = await ask(`http://127.0.0.1:${service.port}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      ...departureEvent,
      subject: null,
      id: `arrival ${n}`,
      data: {
        ...departureEvent.data,
        event: 'arrival',
        movement_id: movementId(n),
        product_id: productId(card),
        quantity: 1,
      },
    }),
  })
  const [outcome] = (body as { outcomes?: Outcome[] } | null)?.outcomes ?? []
  return { status, outcome }
}

export interface CallersOptions {
  readonly readers: number
  readonly writers: number
  /** The callers share them out in turn. */
  readonly cards?: number
}

export interface CallersReport {
  /** What any of them has to complain of. */
  readonly wrong: readonly string[]
  readonly reads: number
  readonly writes: number
  /** Answers 503: none, unless the machine is overloaded. Whoever got one has asked again. */
  readonly refused: number
  /** The last line that anybody has seen, by card. */
  readonly newest: ReadonlyMap<number, number>
}

/** Readers, each true to one service and one card, and writers. Their movements begin at 1000. */
export function startCallers(
  services: readonly ServiceProcess[],
  { readers, writers, cards = 1 }: CallersOptions,
): { stop(): Promise<CallersReport> } {
  const wrong: string[] = []
  const over = new AbortController()
  const newest = new Map<number, number>()
  let [reads, writes, refused, nextMovement] = [0, 0, 0, 1000]
  const complain = (what: string): void => {
    if (wrong.length < 5) wrong.push(what)
  }
  const read = async (service: ServiceProcess, card: number): Promise<void> => {
    let seen = 0
    while (!over.signal.aborted) {
      const { status, body, headers } = await readCard(service, card)
      if (status === 503) {
        refused += 1
        continue
      }
      if (status !== 200) return complain(`read: ${status}`)
      const { last_line: line } = body as Card
      if (line < seen) complain(`line ${line} of card ${card} (${headers.get('x-cache')}) after ${seen}`)
      seen = Math.max(seen, line)
      newest.set(card, Math.max(newest.get(card) ?? 0, seen))
      reads += 1
    }
  }
  const write = async (service: ServiceProcess, card: number): Promise<void> => {
    while (!over.signal.aborted) {
      const movement = nextMovement++
      let answer = await postOne(service, movement, card)
      while (answer.status === 503) {
        refused += 1
        // Booked or not: the same again settles it.
        answer = await postOne(service, movement, card)
      }
      const { status, outcome } = answer
      // A busy machine may answer before it is booked.
      if (status !== 200 && status !== 202) return complain(`write: ${status} ${outcome?.outcome}`)
      writes += 1
      await sleep(5)
    }
  }
  const of = (index: number): [ServiceProcess, number] => {
    const service = services[index % services.length]
    assert(service !== undefined)
    // One card's callers are spread over the services, too.
    return [service, Math.floor(index / services.length) % cards]
  }
  const running = [
    ...Array.from({ length: readers }, (_, index) => read(...of(index))),
    ...Array.from({ length: writers }, (_, index) => write(...of(index))),
  ]
  return {
    stop: async () => {
      over.abort()
      await Promise.all(running.map((one) => one.catch((error: unknown) => complain(String(error)))))
      return { wrong, reads, writes, refused, newest }
    },
  }
}
