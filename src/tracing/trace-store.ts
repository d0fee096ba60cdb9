/**
 * A batch is a span of its own trace: it is of many messages at once, each of which may be part of another. A message that
 * came with a context has a span in its sender's trace, linked with the batch, from when it was read until it was committed.
 */
import { SpanKind, type Attributes, type Link, type Span } from '@opentelemetry/api'
import type { Outcome } from '../booking/ledger.ts'
import type { LaneStore } from '../intake/lane.ts'
import type { Batch, BatchItem, WrittenBatch } from '../store/batch.ts'
import { contextIn, type MessageContext } from './message-context.ts'
import { during, ownTrace, tracer } from './span.ts'

export interface TracedIntake {
  readonly groupId: string
  /** Links of a batch; the messages beyond it still have theirs to the batch. */
  readonly mostLinks: number
}

interface TracedItem {
  readonly index: number
  readonly item: BatchItem
  readonly from: MessageContext
}

/** Batches without a message are not told of: they only move the position. */
export function traceStore(store: LaneStore, { groupId, mostLinks }: TracedIntake): LaneStore {
  return {
    readPosition: (partition) => store.readPosition(partition),
    startPosition: (partition, start) => store.startPosition(partition, start),
    write: async (batch) => {
      if (batch.items.length === 0) return await store.write(batch)
      const traced = tracedItems(batch)
      const place = {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.destination.name': batch.partition.topic,
        'messaging.destination.partition.id': String(batch.partition.partition),
        'messaging.consumer.group.name': groupId,
      }
      const span = {
        name: `process ${batch.partition.topic}`,
        kind: SpanKind.CONSUMER,
        parent: ownTrace,
        links: traced.slice(0, mostLinks).map(({ from }): Link => ({ context: from.span })),
        attributes: {
          ...place,
          'messaging.operation.name': 'process',
          'messaging.batch.message_count': batch.items.length,
          'bincard.messages_traced': traced.length,
          'bincard.offset.from': batch.from.nextOffset,
          'bincard.offset.to': batch.to.nextOffset,
        },
      }
      return await during(span, async (batchSpan) => {
        const written = await store.write(batch)
        batchSpan.setAttributes(resultOf(written))
        if (written !== 'fenced')
          for (const one of traced)
            traceMessage(one, { place, batchSpan, outcome: written.outcomes[one.index] })
        return written
      })
    },
  }
}

function tracedItems({ items }: Batch): TracedItem[] {
  return items.flatMap((item, index) => {
    const from = contextIn(item.message.headers)
    return from === null ? [] : [{ index, item, from }]
  })
}

function resultOf(written: WrittenBatch | 'fenced'): Attributes {
  if (written === 'fenced') return { 'bincard.fenced': true }
  const counts = new Map<string, number>()
  for (const outcome of written.outcomes) counts.set(wordOf(outcome), (counts.get(wordOf(outcome)) ?? 0) + 1)
  const outcomes = [...counts].map(([word, count]) => [`bincard.outcomes.${word}`, count] as const)
  return { ...Object.fromEntries(outcomes), 'bincard.releases': written.releases }
}

function wordOf(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : 'quarantined'
}

interface MessageResult {
  readonly place: Attributes
  readonly batchSpan: Span
  readonly outcome: Outcome | undefined
}

function traceMessage({ item, from }: TracedItem, { place, batchSpan, outcome }: MessageResult): void {
  const { message, decoded, receivedAt } = item
  const span = tracer().startSpan(
    `book ${String(place['messaging.destination.name'])}`,
    {
      kind: SpanKind.CONSUMER,
      startTime: receivedAt / 1000,
      links: [{ context: batchSpan.spanContext() }],
      attributes: {
        ...place,
        'messaging.operation.name': 'book',
        'messaging.kafka.offset': message.offset,
        ...(outcome === undefined ? {} : outcomeOf(outcome)),
        ...(decoded.kind === 'rejected'
          ? {}
          : {
              'cloudevents.event_id': decoded.messageId,
              'cloudevents.event_source': decoded.source,
              'bincard.event': decoded.kind,
              'bincard.movement_id': decoded.movementId,
              'bincard.warehouse_id': decoded.warehouseId,
              'bincard.product_id': decoded.productId,
            }),
      },
    },
    from.context,
  )
  span.end()
}

function outcomeOf(outcome: Outcome): Attributes {
  const ofCode = typeof outcome === 'string' ? {} : { 'bincard.quarantine.code': outcome.code }
  return { 'bincard.outcome': wordOf(outcome), ...ofCode }
}
