/** Items of the lists about movements: one product of a movement each. */
import { Type, type Static } from 'typebox'
import { formatTimestamp } from '../message/timestamp.ts'
import type { ListedMovement } from '../store/read-movements.ts'
import type { Open } from '../store/read-transit.ts'
import { MovementStatusSchema } from './movement-body.ts'
import { definePage } from './page-query.ts'
import { listed } from './samples.ts'
import { define, nullable, ref, timestamp, uuid } from './schema.ts'

const sidesProperties = {
  movement_id: uuid('The movement.'),
  product_id: uuid('The product.'),
  status: ref(MovementStatusSchema),
  departed: nullable(Type.Integer({ minimum: 1, description: 'Pieces; null while no departure is known.' })),
  arrived: nullable(
    Type.Integer({ minimum: 0, description: 'Pieces, all deliveries together; null while nothing arrived.' }),
  ),
  sender_warehouse_id: nullable(uuid('Where it departed; null while that is not known.')),
  receiver_warehouse_id: nullable(uuid('The first place it came to; null while nothing arrived.')),
}

const ListedMovementSchema = define(
  'ListedMovement',
  Type.Object({ ...sidesProperties, recorded_at: timestamp('When the first report of it was recorded.') }),
)

export const MovementPageSchema = definePage(ListedMovementSchema, {
  description: 'Movements, each product of one by itself; the last to be mentioned first.',
  example: listed.movement,
})

const OpenMovementSchema = define(
  'OpenMovement',
  Type.Object({
    ...sidesProperties,
    quantity: Type.Integer({ description: 'Departed minus arrived; negative if more arrived.' }),
    since: timestamp('Of the oldest report.'),
    age_seconds: Type.Integer({ description: 'Since then; negative if that is dated in the future.' }),
  }),
)

export const OpenMovementPageSchema = definePage(OpenMovementSchema, {
  description: 'Movements of which not as much arrived as departed, the oldest first.',
  example: listed.open,
})

/** What the schemas of the routes refer to. */
export const movementListSchemas = [
  ListedMovementSchema,
  MovementPageSchema,
  OpenMovementSchema,
  OpenMovementPageSchema,
]

export function listedMovementBody(row: ListedMovement): Static<typeof ListedMovementSchema> {
  return { ...sidesBody(row), recorded_at: formatTimestamp(row.recordedAt) }
}

export function openMovementBody(row: Open): Static<typeof OpenMovementSchema> {
  const { quantity, since, ageSeconds } = row
  return { ...sidesBody(row), quantity, since: formatTimestamp(since), age_seconds: ageSeconds }
}

type Sides = Omit<ListedMovement, 'recordedAt'>

function sidesBody({ movementId, productId, status, departed, arrived, senderId, receiverId }: Sides) {
  return {
    movement_id: movementId,
    product_id: productId,
    status,
    departed,
    arrived,
    sender_warehouse_id: senderId,
    receiver_warehouse_id: receiverId,
  }
}
