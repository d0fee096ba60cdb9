/** What a request waits for: a page that is read, a booking, a piece of work with PostgreSQL. */
import { SpanKind, trace } from '@opentelemetry/api'
import type { PageReader, ReadPage } from '../cache/page-reader.ts'
import type { ObserveWork } from '../store/database.ts'
import { duringBeneath } from './span.ts'
import type { Positions } from './tracing.ts'

/** Says at the request where its page came from; reading one is a span. */
export function tracePages(pages: PageReader): PageReader {
  const traced = <Page>(load: () => Promise<Page>): (() => Promise<Page>) => {
    return () => duringBeneath({ name: 'read page' }, load)
  }
  const told = (read: ReadPage): ReadPage => {
    const span = trace.getActiveSpan()
    // Whoever asked may have hung up meanwhile.
    if (span?.isRecording() === true) span.setAttribute('bincard.cache', read.result)
    return read
  }
  return {
    read: (name, load) => {
      const read = pages.read(name, traced(load))
      return read instanceof Promise ? read.then(told) : told(read)
    },
    bypass: async (load) => told(await pages.bypass(traced(load))),
  }
}

export function tracePositions(positions: Positions): Positions {
  return {
    read: () => positions.read(),
    wait: (places, timeoutMs) =>
      duringBeneath({ name: 'wait for the booking' }, async (span) => {
        const isBooked = await positions.wait(places, timeoutMs)
        span.setAttribute('bincard.booked', isBooked)
        return isBooked
      }),
  }
}

export const observeWork: ObserveWork = (what, work) =>
  duringBeneath(
    {
      name: `postgresql ${what}`,
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': what },
    },
    work,
  )
