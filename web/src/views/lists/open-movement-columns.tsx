/** A movement of which not as much arrived as departed, as a row. */
import type { OpenMovement } from '../../../../src/client/client.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Age, Pieces, SignedPieces, Status } from '../../parts/figures.tsx'
import { MovementName, ProductName, WarehouseName } from '../../parts/names.tsx'

export function openMovementColumns(overdueSeconds: number): readonly Column<OpenMovement>[] {
  return [
    { name: 'movement', cell: ({ movement_id }) => <MovementName id={movement_id} /> },
    { name: 'status', cell: ({ status }) => <Status status={status} /> },
    { name: 'from', cell: ({ sender_warehouse_id }) => <WarehouseName id={sender_warehouse_id} /> },
    { name: 'to', cell: ({ receiver_warehouse_id }) => <WarehouseName id={receiver_warehouse_id} /> },
    { name: 'product', cell: ({ product_id }) => <ProductName id={product_id} /> },
    { name: 'departed', isNumber: true, cell: ({ departed }) => <Pieces count={departed} /> },
    { name: 'arrived', isNumber: true, cell: ({ arrived }) => <Pieces count={arrived} /> },
    { name: 'difference', isNumber: true, cell: ({ quantity }) => <SignedPieces count={0 - quantity} /> },
    {
      name: 'age',
      isNumber: true,
      cell: ({ since }) => <Age since={since} overdueSeconds={overdueSeconds} />,
    },
  ]
}
