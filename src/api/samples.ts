/** The example of the documentation: two real messages, as an empty system and a stocked one would show them. */
export const samples = {
  movementId: 'c6290746-790e-43fa-8270-014dc90e02e0',
  productId: '4705204f-498f-4f96-b4ba-df17fb56bf55',
  senderId: '25718666-6af6-4281-b5a6-3016e36fa557',
  receiverId: 'c1d70455-7e14-11e9-812a-70106f431230',
  time: '2025-02-18T12:12:56Z',
  messageId: 'b3b53031-e83a-4654-87f5-b6b6fb09fd99',
  quarantineId: 12,
  streamId: 'v1_0.1k_1.3f',
} as const

const { movementId, productId, senderId, receiverId, messageId } = samples
const leftAt = '2025-02-18T12:12:56.000Z'
const cameAt = '2025-02-18T14:34:56.000Z'

const departure = {
  event: 'departure',
  warehouse_id: senderId,
  product_id: productId,
  quantity: 100,
  timestamp: leftAt,
  state: 'booked',
  card_line: 2,
  source: 'WH-3322',
  message_id: messageId,
  partition: 0,
  offset: 17,
  recorded_at: '2025-02-18T12:12:57.204Z',
}

const arrival = {
  event: 'arrival',
  warehouse_id: receiverId,
  product_id: productId,
  quantity: 100,
  timestamp: cameAt,
  state: 'booked',
  card_line: 1,
  source: 'WH-3423',
  message_id: messageId,
  partition: 0,
  offset: 18,
  recorded_at: '2025-02-18T14:34:57.118Z',
}

/** The departure as its warehouse sends it. */
export const departureEvent = {
  specversion: '1.0',
  id: messageId,
  source: 'WH-3322',
  type: 'ru.retail.warehouses.movement',
  subject: 'WH-3322:DEPARTURE',
  time: 1737439421623,
  datacontenttype: 'application/json',
  dataschema: 'ru.retail.warehouses.movement.v1.0',
  data: {
    movement_id: movementId,
    warehouse_id: senderId,
    timestamp: '2025-02-18T12:12:56Z',
    event: 'departure',
    product_id: productId,
    quantity: 100,
  },
}

/** The sender had stock: it left, and all of it came. */
export const completedMovement = {
  movement_id: movementId,
  status: 'completed',
  product_id: productId,
  sender: { warehouse_id: senderId, source: 'WH-3322', timestamp: leftAt, quantity: 100 },
  receiver: { warehouse_id: receiverId, source: 'WH-3423', timestamp: cameAt, quantity: 100, deliveries: 1 },
  elapsed_seconds: 8520,
  quantity_difference: 0,
  flags: [],
  events: [departure, arrival],
}

/** The same two messages in an empty system: the sender has no stock to give, so its departure is held. */
export const heldMovement = {
  ...completedMovement,
  status: 'departure_held',
  events: [{ ...departure, state: 'held', card_line: null }, arrival],
}

/** The receiver's card after both. */
export const receiversCard = {
  warehouse_id: receiverId,
  product_id: productId,
  quantity: 100,
  held_quantity: 0,
  last_line: 1,
  updated_at: arrival.recorded_at,
  history: [
    {
      line: 1,
      event: 'arrival',
      change: 100,
      balance: 100,
      movement_id: movementId,
      counterparty_warehouse_id: senderId,
      status: 'completed',
      timestamp: cameAt,
      recorded_at: arrival.recorded_at,
    },
  ],
  next_cursor: null,
}

/** The sender's card in the empty system: nothing to give, and a departure that waits. */
export const sendersHeldCard = {
  warehouse_id: senderId,
  product_id: productId,
  quantity: 0,
  held_quantity: 100,
  last_line: 0,
  updated_at: null,
  history: [],
  next_cursor: null,
}

/** Items of the lists, from the same two messages. */
export const listed = {
  warehouse: { warehouse_id: receiverId, source: 'WH-3423', last_recorded_at: arrival.recorded_at },
  quantity: {
    warehouse_id: receiverId,
    product_id: productId,
    quantity: 100,
    last_line: 1,
    updated_at: arrival.recorded_at,
  },
  movement: {
    movement_id: movementId,
    product_id: productId,
    status: 'completed',
    departed: 100,
    arrived: 100,
    sender_warehouse_id: senderId,
    receiver_warehouse_id: receiverId,
    recorded_at: departure.recorded_at,
  },
  open: {
    movement_id: movementId,
    product_id: productId,
    status: 'in_transit',
    quantity: 100,
    departed: 100,
    arrived: null,
    sender_warehouse_id: senderId,
    receiver_warehouse_id: null,
    since: leftAt,
    age_seconds: 3600,
  },
  short: {
    movement_id: movementId,
    product_id: productId,
    status: 'short',
    quantity: 3,
    departed: 100,
    arrived: 97,
    sender_warehouse_id: senderId,
    receiver_warehouse_id: receiverId,
    since: leftAt,
    age_seconds: 86_400,
  },
  held: {
    warehouse_id: senderId,
    product_id: productId,
    movement_id: movementId,
    quantity: 100,
    balance: 0,
    missing: 100,
    timestamp: leftAt,
    recorded_at: departure.recorded_at,
  },
} as const

/** The arrival once more, under another message id. */
export const quarantinedItem = {
  quarantine_id: samples.quarantineId,
  code: 'possible_duplicate',
  field: null,
  detail: 'The same report is booked under another message id: a repeat, or two equal pallets.',
  status: 'open',
  received_at: '2025-02-18T14:35:02.417Z',
  topic: 'warehouse_movements',
  partition: 0,
  offset: 19,
  movement_id: movementId,
  redrive_begun_at: null,
  settled_at: null,
  settled_by: null,
  reason: null,
  redriven_to: null,
} as const

/** The same, whole. */
export const quarantinedMessage = {
  ...quarantinedItem,
  key: null,
  value: {
    encoding: 'utf-8',
    data: JSON.stringify({
      ...departureEvent,
      id: 'b3b53031-e83a-4654-87f5-b6b6fb09fd9a',
      source: 'WH-3423',
      subject: 'WH-3423:ARRIVAL',
      data: { ...departureEvent.data, warehouse_id: receiverId, timestamp: cameAt, event: 'arrival' },
    }),
  },
  headers: [
    {
      name: { encoding: 'utf-8', data: 'content-type' },
      value: { encoding: 'utf-8', data: 'application/cloudevents+json' },
    },
  ],
  conflicts_with: [arrival],
  redrive: null,
} as const
const noCounts = { booked: 0, held: 0, released: 0, duplicate: 0, quarantined: 0 }

/** The same arrival, as the stream tells of it. */
export const streamed = {
  changes: {
    counts: { ...noCounts, booked: 1 },
    bookings: [
      {
        warehouse_id: receiverId,
        product_id: productId,
        movement_id: movementId,
        event: 'arrival',
        line: 1,
        change: 100,
        balance: 100,
        released: false,
        timestamp: cameAt,
        recorded_at: arrival.recorded_at,
      },
    ],
    held: [],
    cards: [{ warehouse_id: receiverId, product_id: productId }],
    movements: [movementId],
    more: false,
  },
}

/** After the same two messages in an empty system, whose topic has two partitions. */
export const throughput = {
  points: [
    { end: '2025-02-18T14:35:00.000Z', over_seconds: 5, events_per_second: 0.4, lines_per_second: 0.2 },
  ],
}

export const overview = {
  totals: {
    warehouses: 2,
    cards: 1,
    lines: 1,
    movements_departed: 1,
    movements_arrived: 1,
    movements_in_transit: 0,
    departures_held: 1,
    quarantine_open: 0,
  },
  lag: {
    total: 0,
    partitions: [
      { partition: 0, next_offset: 19, log_end_offset: 19, lag: 0 },
      { partition: 1, next_offset: null, log_end_offset: 0, lag: 0 },
    ],
  },
  rate: { events_per_second: 0.03, over_seconds: 60 },
  attention: {
    oldest_held: {
      warehouse_id: senderId,
      product_id: productId,
      movement_id: movementId,
      quantity: 100,
      timestamp: leftAt,
    },
    oldest_in_transit: null,
    quarantine_open: [],
  },
  overdue: { transit_seconds: 259_200, held_seconds: 86_400 },
}
