import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decode } from '../../src/message/decode.ts'
import type { Micros } from '../../src/message/event.ts'
import { complaintsOf, keyOf } from '../../load/books.ts'
import { messageText } from '../../load/message.ts'
import { createStream, type LoadEvent, type LoadStream } from '../../load/stream.ts'
import { cardOf, changeOf, compareBooks, createSums, touchedCards } from '../../load/sums.ts'

const shape = { warehouses: 7, products: 5, underWay: 40 }

function tell(stream: LoadStream, count: number): LoadEvent[] {
  const openings = stream.openings()
  const moved = Array.from({ length: count }, () => stream.next())
  return [...openings, ...moved, ...stream.lastArrivals()]
}

function sumsOf(events: readonly LoadEvent[]) {
  const sums = createSums(shape)
  for (const event of events) sums.add(cardOf(event, shape), changeOf(event))
  return sums
}

suite('the stream of the load', () => {
  test('is the same for the same seed, and shares no id with that of another', () => {
    const [one, again, other] = ['a', 'a', 'b'].map((seed) => tell(createStream(seed, shape), 500)) as [
      LoadEvent[],
      LoadEvent[],
      LoadEvent[],
    ]
    assert.deepEqual(one, again)
    const ids = new Set(one.map(({ movementId }) => movementId))
    assert.equal(ids.size, one.length - one.filter(({ kind }) => kind === 'departure').length)
    assert.deepEqual(
      other.filter(({ movementId }) => ids.has(movementId)),
      [],
    )
  })

  test('every departure has one arrival, elsewhere, of the same goods, and after it', () => {
    const events = tell(createStream('pairs', shape), 501).slice(shape.warehouses * shape.products)
    const open = new Map<string, LoadEvent>()
    let most = 0
    for (const event of events) {
      const departure = open.get(event.movementId)
      if (event.kind === 'departure') {
        assert.equal(departure, undefined)
        open.set(event.movementId, event)
        most = Math.max(most, open.size)
        continue
      }
      assert.ok(departure !== undefined, 'an arrival of nothing')
      const { product, quantity } = departure
      assert.deepEqual({ product: event.product, quantity: event.quantity }, { product, quantity })
      assert.notEqual(event.warehouse, departure.warehouse)
      open.delete(event.movementId)
    }
    assert.equal(open.size, 0)
    assert.equal(most, shape.underWay)
  })

  test('its messages are read by the service as what they are meant to be', () => {
    const stream = createStream('messages', shape)
    const at = new Date('2026-01-02T03:04:05.678Z')
    for (const event of tell(stream, 50)) {
      const value = Buffer.from(messageText(event, { stream, messageId: 'run-1', at }))
      const receivedAt = (at.getTime() * 1000) as Micros
      const decoded = decode({ partition: 0, offset: 0, key: null, value, headers: [] }, receivedAt)
      assert.deepEqual(decoded, {
        kind: event.kind,
        movementId: event.movementId,
        productId: stream.productIds[event.product],
        warehouseId: stream.warehouseIds[event.warehouse],
        occurredAt: receivedAt,
        quantity: event.quantity,
        source: `LD-${1000 + event.warehouse}`,
        messageId: 'run-1',
      })
    }
  })
})

suite('the books of the load', () => {
  const events = tell(createStream('books', shape), 1000)
  const sums = sumsOf(events)
  /** What a service says that has booked all of them. */
  const right = new Map(
    touchedCards(sums.lines).map((card) => [
      card,
      { quantity: sums.quantities[card] ?? 0, lines: sums.lines[card] ?? 0 },
    ]),
  )

  test('what leaves one card comes to another: all that was ever opened is there in the end, a line for each report', () => {
    const opened = events.slice(0, shape.warehouses * shape.products)
    const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, number) => sum + number, 0)
    assert.equal(total(sums.quantities), total(opened.map(({ quantity }) => quantity)))
    assert.equal(total(sums.lines), events.length)
    assert.ok([...sums.quantities].every((quantity) => quantity >= 0))
  })

  test('they balance in whatever order the same reports are counted, and a report too few, too many or altered is found', () => {
    assert.deepEqual(compareBooks(sums, right), [])
    assert.deepEqual(compareBooks(sumsOf(events.toReversed()), right), [])
    const last = events.at(-1)
    assert.ok(last !== undefined)
    const card = cardOf(last, shape)
    for (const sent of [
      events.slice(0, -1),
      [...events, last],
      [...events.slice(0, -1), { ...last, quantity: last.quantity + 1 }],
    ]) {
      assert.deepEqual(
        compareBooks(sumsOf(sent), right).map((wrong) => wrong.card),
        [card],
      )
    }
  })

  test('a card of which the service says nothing is wrong, and one that nothing was sent for is not asked for', () => {
    const [first] = right.keys()
    assert.ok(first !== undefined)
    const silent = new Map([...right].filter(([card]) => card !== first))
    assert.deepEqual(compareBooks(sums, silent), [
      { card: first, expected: right.get(first), found: { quantity: 0, lines: 0 } },
    ])
    const [opening] = events
    assert.ok(opening !== undefined)
    assert.deepEqual(touchedCards(sumsOf([opening]).lines), [cardOf(opening, shape)])
  })

  test('a card’s number leads back to its warehouse and product', () => {
    const stream = createStream('keys', shape)
    const event = { kind: 'arrival', movementId: '', warehouse: 3, product: 4, quantity: 1 } as const
    assert.deepEqual(keyOf(cardOf(event, shape), stream), {
      warehouse_id: stream.warehouseIds[3],
      product_id: stream.productIds[4],
    })
  })

  test('totals that should not have changed are named', () => {
    const before = { lines: 10, held: 1, quarantined: 2, inTransit: 3 }
    const now = { lines: 110, held: 1, quarantined: 2, inTransit: 8 }
    assert.deepEqual(complaintsOf(now, { before, sent: 100, cards: 5 }), [])
    assert.deepEqual(
      complaintsOf({ lines: 109, held: 2, quarantined: 3, inTransit: 9 }, { before, sent: 100, cards: 5 }),
      [
        'There are 109 lines, and should be 110.',
        'There are 2 held departures, and should be 1.',
        'There are 3 messages in quarantine, and should be 2.',
        'There are 9 movements in transit, and should be 8.',
      ],
    )
  })
})
