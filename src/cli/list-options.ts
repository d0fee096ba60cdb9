import type { Command } from 'commander'
import { items } from '../client/pages.ts'
import type { CallOptions } from '../client/client.ts'
import type { CommandContext } from './context.ts'
import { wholeNumber } from './options.ts'
import { tableLines, type Column } from './table.ts'

/** Options of every command that asks the service. */
export interface ServiceFlags {
  readonly url?: string
  readonly json?: true
}

/** Options of a command that lists something. */
export interface ListFlags extends ServiceFlags {
  readonly limit: number
  readonly all?: true
}

/** As many as the service gives at once. */
export const mostPerPage = 200

export function serviceOptions(command: Command): Command {
  return command
    .option('--url <address>', 'the service, instead of BINCARD_URL')
    .option('--json', 'as JSON, a value on each line')
}

export function listOptions(command: Command): Command {
  return serviceOptions(command)
    .option('--limit <number>', 'items at most', wholeNumber(1, 1_000_000_000), 50)
    .option('--all', 'to the end of the list')
}

/** An operation of the client that answers a page of items. */
type Listing<Arguments, Item> = (
  args: Arguments & { readonly cursor?: string | undefined; readonly limit?: number | undefined },
  options?: CallOptions,
) => Promise<{ readonly items: readonly Item[]; readonly next_cursor: string | null }>

/**
 * Prints the items of a list up to the limit: as JSON one by one as they come, else in tables of a page each, so that a
 * long list can be read while it is fetched.
 */
export async function printList<Arguments extends object, Item>(
  { output }: CommandContext,
  {
    list,
    args,
    columns,
  }: {
    readonly list: Listing<Arguments, Item>
    readonly args: Arguments
    readonly columns: readonly Column<Item>[]
  },
  { json, limit, all }: ListFlags,
): Promise<void> {
  const most = all === true ? Infinity : limit
  let page: Item[] = []
  let count = 0
  const printPage = async (): Promise<void> => {
    if (page.length > 0) for (const line of tableLines(columns, page)) await output.data(line)
    page = []
  }
  for await (const item of items(list, { ...args, limit: Math.min(most + 1, mostPerPage) })) {
    if (count === most) {
      await printPage()
      output.say('There is more: --limit or --all.')
      return
    }
    count += 1
    if (json === true) await output.json(item)
    else page.push(item)
    if (page.length === mostPerPage) await printPage()
    if (output.isClosed) return
  }
  await printPage()
  if (count === 0) output.say('None.')
}
