import { Option, type Command } from 'commander'
import type { HeldDeparture, ListedMovement, OpenMovement } from '../../client/description.ts'
import { movementStatuses } from '../../booking/movement-view.ts'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { listOptions, printList, type ListFlags } from '../list-options.ts'
import { uuid, wholeNumber } from '../options.ts'
import { countOf } from '../output.ts'
import type { Column } from '../table.ts'

interface MovementFlags extends WarehouseFlag {
  readonly status?: ListedMovement['status']
  readonly product?: string
  readonly from?: string
  readonly to?: string
}

interface WarehouseFlag extends ListFlags {
  readonly warehouse?: string
}

export function addLists(program: Command, context: CommandContext): void {
  listOptions(program.command('movements').description('movements, the last to be mentioned first'))
    .addOption(new Option('--status <status>', 'only these').choices(movementStatuses))
    .option('--warehouse <id>', 'only those of this warehouse', uuid)
    .option('--product <id>', 'only those of this product; together with a warehouse', uuid)
    .option('--from <time>', 'only what was recorded since then, RFC 3339')
    .option('--to <time>', 'only what was recorded before, RFC 3339')
    .addHelpText('after', '\nExample:\n  bincard movements --status short --all')
    .action(async (flags: MovementFlags) => {
      const { status, warehouse: warehouse_id, product: product_id, from, to } = flags
      const args = { status, warehouse_id, product_id, from, to }
      await printList(
        context,
        { list: connectService(context, flags).listMovements, args, columns: listed },
        flags,
      )
    })
  listOptions(
    program
      .command('transit')
      .description('movements of which not as much arrived as departed, the oldest first'),
  )
    .option('--older-than <seconds>', 'only what is at least so old', wholeNumber(0, 1_000_000_000))
    .option('--warehouse <id>', 'only those of this warehouse', uuid)
    .addHelpText('after', '\nExample:\n  bincard transit --older-than 259200')
    .action(async (flags: WarehouseFlag & { readonly olderThan?: number }) => {
      const args = { older_than: flags.olderThan, warehouse_id: flags.warehouse }
      await printList(
        context,
        { list: connectService(context, flags).listTransit, args, columns: open },
        flags,
      )
    })
  listOptions(program.command('held').description('departures that wait for stock, card by card'))
    .option('--warehouse <id>', 'only those of this warehouse', uuid)
    .option('--product <id>', 'only those of this product', uuid)
    .addHelpText('after', '\nExample:\n  bincard held --warehouse 25718666-6af6-4281-b5a6-3016e36fa557')
    .action(async (flags: WarehouseFlag & { readonly product?: string }) => {
      const args = { warehouse_id: flags.warehouse, product_id: flags.product }
      await printList(context, { list: connectService(context, flags).listHeld, args, columns: held }, flags)
    })
}

const listed: readonly Column<ListedMovement>[] = [
  { title: 'Movement', text: (row) => row.movement_id },
  { title: 'Product', text: (row) => row.product_id },
  { title: 'Status', text: ({ status }) => status },
  { title: 'Departed', text: ({ departed }) => quantity(departed), align: 'right' },
  { title: 'Arrived', text: ({ arrived }) => quantity(arrived), align: 'right' },
  { title: 'Recorded', text: (row) => row.recorded_at },
]

const open: readonly Column<OpenMovement>[] = [
  { title: 'Movement', text: (row) => row.movement_id },
  { title: 'Product', text: (row) => row.product_id },
  { title: 'Status', text: ({ status }) => status },
  { title: 'Under way', text: (row) => quantity(row.quantity), align: 'right' },
  { title: 'Since', text: ({ since }) => since },
]

const held: readonly Column<HeldDeparture>[] = [
  { title: 'Warehouse', text: (row) => row.warehouse_id },
  { title: 'Product', text: (row) => row.product_id },
  { title: 'Movement', text: (row) => row.movement_id },
  { title: 'Quantity', text: (row) => quantity(row.quantity), align: 'right' },
  { title: 'Missing', text: ({ missing }) => quantity(missing), align: 'right' },
  { title: 'When', text: ({ timestamp }) => timestamp },
]

function quantity(pieces: number | null): string | null {
  return pieces === null ? null : countOf(pieces)
}
