import type { Command } from 'commander'
import { pages } from '../../client/pages.ts'
import type { CardLine } from '../../client/description.ts'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { listOptions, type ListFlags } from '../list-options.ts'
import { uuid } from '../options.ts'
import { countOf, counted } from '../output.ts'
import { tableLines, type Column } from '../table.ts'

export function addCard(program: Command, context: CommandContext): void {
  const command = program
    .command('card')
    .description('the stock of one product in one warehouse, and its lines, the newest first')
    .argument('<warehouse>', 'UUID', uuid)
    .argument('<product>', 'UUID', uuid)
  listOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  bincard card c1d70455-7e14-11e9-812a-70106f431230 4705204f-498f-4f96-b4ba-df17fb56bf55 --limit 5',
    )
    .action(async (warehouse: string, product: string, flags: ListFlags) => {
      await printCard(context, { warehouse_id: warehouse, product_id: product }, flags)
    })
}

const columns: readonly Column<CardLine>[] = [
  { title: 'Line', text: ({ line }) => line, align: 'right' },
  { title: 'Event', text: ({ event }) => event },
  {
    title: 'Change',
    text: ({ change }) => (change > 0 ? `+${countOf(change)}` : countOf(change)),
    align: 'right',
  },
  { title: 'Balance', text: ({ balance }) => countOf(balance), align: 'right' },
  { title: 'When', text: ({ timestamp }) => timestamp },
  { title: 'Status', text: ({ status }) => status },
  { title: 'Movement', text: (line) => line.movement_id },
]

async function printCard(
  context: CommandContext,
  key: { readonly warehouse_id: string; readonly product_id: string },
  { url, json, limit, all }: ListFlags,
): Promise<void> {
  const { output } = context
  const client = connectService(context, url === undefined ? {} : { url })
  let left = all === true ? Infinity : limit
  let isFirst = true
  for await (const card of pages(client.getCard, { ...key, limit: Math.min(left, mostPerPage) })) {
    const lines = card.history.slice(0, left)
    left -= lines.length
    if (json === true) await output.json({ ...card, history: lines })
    else {
      if (isFirst) {
        const held = card.held_quantity === 0 ? '' : `, ${countOf(card.held_quantity)} held`
        await output.data(`${countOf(card.quantity)} in stock${held}, ${counted(card.last_line, 'line')}`)
      }
      if (lines.length > 0) for (const line of tableLines(columns, lines)) await output.data(line)
    }
    isFirst = false
    if (left <= 0) {
      if (card.next_cursor !== null) output.say('There is more: --limit or --all.')
      return
    }
  }
}

/** As many as the service gives. */
const mostPerPage = 200
