import type { Command } from 'commander'
import type { Movement, MovementEntry, MovementEvent } from '../../client/description.ts'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { serviceOptions, type ServiceFlags } from '../list-options.ts'
import { uuid } from '../options.ts'
import { countOf } from '../output.ts'
import { tableLines, type Column } from '../table.ts'

export function addMovement(program: Command, context: CommandContext): void {
  serviceOptions(
    program
      .command('movement')
      .description('one movement: sender, receiver, the time between them, the difference, every event')
      .argument('<movement>', 'UUID', uuid),
  )
    .addHelpText('after', '\nExample:\n  bincard movement c6290746-790e-43fa-8270-014dc90e02e0')
    .action(async (id: string, flags: ServiceFlags) => {
      const movement = await connectService(context, flags).getMovement({ movement_id: id })
      if (flags.json === true) await context.output.json(movement)
      else for (const line of movementLines(movement)) await context.output.data(line)
    })
}

const columns: readonly Column<MovementEvent>[] = [
  { title: 'Event', text: ({ event }) => event },
  { title: 'State', text: ({ state }) => state },
  { title: 'Quantity', text: ({ quantity }) => countOf(quantity), align: 'right' },
  { title: 'When', text: ({ timestamp }) => timestamp },
  { title: 'Warehouse', text: (row) => row.warehouse_id },
  { title: 'Source', text: ({ source }) => source },
  { title: 'Line', text: (row) => row.card_line, align: 'right' },
]

function movementLines(movement: Movement): string[] {
  const entries = movement.products ?? [movement]
  return [...entries.flatMap(entryLines), '', ...tableLines(columns, movement.events)]
}

function entryLines({ product_id: product, status, sender, receiver, ...entry }: MovementEntry): string[] {
  const { elapsed_seconds: elapsed, quantity_difference: difference, flags } = entry
  return [
    `${status}${flags.length === 0 ? '' : ` (${flags.join(', ')})`}  product ${product}`,
    `  sender    ${sender === null ? 'not known' : `${sender.source}  ${countOf(sender.quantity)}  ${sender.timestamp}`}`,
    `  receiver  ${receiver === null ? 'not known' : `${receiver.source}  ${countOf(receiver.quantity)}  ${receiver.timestamp}`}`,
    ...(elapsed === null ? [] : [`  elapsed   ${elapsed} s`]),
    ...(difference === null ? [] : [`  difference ${difference}`]),
  ]
}
