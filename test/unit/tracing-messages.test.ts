import assert from 'node:assert/strict'
import { after, beforeEach, suite, test } from 'node:test'
import { context, propagation, trace, TraceFlags, type SpanContext } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Outcome } from '../../src/booking/ledger.ts'
import { Fault } from '../../src/fault.ts'
import type { LaneStore } from '../../src/intake/lane.ts'
import type { MessageHeader } from '../../src/message/message.ts'
import { reject } from '../../src/message/rejection.ts'
import type { Batch, WrittenBatch } from '../../src/store/batch.ts'
import { carryContext, contextIn } from '../../src/tracing/message-context.ts'
import { traceStore } from '../../src/tracing/trace-store.ts'
import { arrival, at } from '../support/events.ts'

const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
)
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
after(() => trace.disable())
beforeEach(() => exporter.reset())

const header = (name: string, value: string): MessageHeader => ({
  name: Buffer.from(name),
  value: Buffer.from(value),
})
const span = (n: number): SpanContext => ({
  traceId: String(n).padStart(32, '0'),
  spanId: String(n).padStart(16, '0'),
  traceFlags: TraceFlags.SAMPLED,
})
const traceparent = (n: number): MessageHeader =>
  header('traceparent', `00-${span(n).traceId}-${span(n).spanId}-01`)
const textsOf = (headers: readonly MessageHeader[]): string[] =>
  headers.map(({ name, value }) => `${name.toString()}: ${value?.toString()}`)

suite('the context of a trace in the headers of a message', () => {
  test('is found by its own name and by that of CloudEvents; one that is malformed is none', () => {
    assert.equal(contextIn([]), null)
    assert.equal(contextIn([header('other', '1')]), null)
    assert.equal(contextIn([header('traceparent', 'nonsense')]), null)
    assert.equal(contextIn([header('other', '1'), traceparent(7)])?.span.traceId, span(7).traceId)
    const event = header('ce_traceparent', traceparent(8).value?.toString() ?? '')
    assert.equal(contextIn([event])?.span.traceId, span(8).traceId)
  })

  test('is carried on without baggage, in place of one that is malformed, beside all else', () => {
    const active = propagation.setBaggage(
      trace.setSpanContext(context.active(), span(3)),
      propagation.createBaggage({ user: { value: 'somebody' } }),
    )
    const others = ['content-type', 'constructor', '__proto__'].map((name) => header(name, 'kept'))
    const given = [...others, header('traceparent', 'nonsense')]
    const carried = context.with(active, () => carryContext(given))
    assert.deepEqual(textsOf(carried), textsOf([...others, traceparent(3)]))
    assert.deepEqual(carryContext(given), given, 'nothing is being traced')
  })
})

suite('a batch that is traced', () => {
  test('has no more links than are allowed, and each message with a context a span of its own', async () => {
    const batch = batchOf([[traceparent(1)], [], [traceparent(2)], [traceparent(3)]])
    const outcomes: Outcome[] = ['booked', 'held', 'duplicate', reject('not_json', null, 'It is none.')]
    await traced({ outcomes, releases: 2 }).write(batch)
    const spans = exporter.getFinishedSpans()
    const whole = spans.find(({ name }) => name === 'process movements')
    assert.ok(whole !== undefined)
    assert.deepEqual(
      whole.links.map(({ context: { traceId } }) => traceId),
      [span(1).traceId, span(2).traceId],
    )
    const counted = Object.entries(whole.attributes).filter(([name]) => name.startsWith('bincard.'))
    assert.deepEqual(Object.fromEntries(counted), {
      'bincard.offset.from': 0,
      'bincard.offset.to': 4,
      'bincard.messages_traced': 3,
      'bincard.outcomes.booked': 1,
      'bincard.outcomes.held': 1,
      'bincard.outcomes.duplicate': 1,
      'bincard.outcomes.quarantined': 1,
      'bincard.releases': 2,
    })
    const own = spans.filter(({ name }) => name === 'book movements')
    assert.deepEqual(
      own.map(({ attributes, parentSpanContext }) => [
        parentSpanContext?.spanId,
        attributes['bincard.outcome'],
        attributes['messaging.kafka.offset'],
      ]),
      [
        [span(1).spanId, 'booked', 0],
        [span(2).spanId, 'duplicate', 2],
        [span(3).spanId, 'quarantined', 3],
      ],
    )
  })

  test('that is fenced or fails says so, and of its messages nothing is said yet', async () => {
    const batch = batchOf([[traceparent(1)]])
    assert.equal(await traced('fenced').write(batch), 'fenced')
    const fault = new Fault({
      part: 'postgres',
      kind: 'conflict',
      code: 'deadlock',
      message: 'Another was first.',
    })
    await assert.rejects(Promise.resolve(traced(fault).write(batch)), fault)
    const [fenced, failed, ...others] = exporter.getFinishedSpans()
    assert.equal(fenced?.attributes['bincard.fenced'], true)
    assert.equal(failed?.attributes['error.type'], 'deadlock')
    assert.equal(failed.status.message, 'Another was first.')
    assert.deepEqual(others, [])
  })

  test('of records without messages is none', async () => {
    await traced({ outcomes: [], releases: 0 }).write(batchOf([]))
    assert.deepEqual(exporter.getFinishedSpans(), [])
  })
})

function traced(result: WrittenBatch | 'fenced' | Fault): LaneStore {
  const store: LaneStore = {
    write: () => (result instanceof Fault ? Promise.reject(result) : Promise.resolve(result)),
    readPosition: () => Promise.resolve(null),
    startPosition: () => Promise.resolve(),
  }
  return traceStore(store, { groupId: 'group', mostLinks: 2 })
}

function batchOf(headers: readonly (readonly MessageHeader[])[]): Batch {
  return {
    partition: { topic: 'movements', topicId: 'id', partition: 0 },
    from: { nextOffset: 0, leaderEpoch: 0 },
    to: { nextOffset: headers.length, leaderEpoch: 0 },
    items: headers.map((own, offset) => ({
      message: { partition: 0, offset, key: null, value: null, headers: own },
      decoded: arrival({ movement: offset + 1, quantity: 1 }),
      receivedAt: at(0),
    })),
  }
}
