import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { RebuiltCard } from '../../books/rebuild-card.ts'
import type { Rebuilt } from '../../books/rebuild.ts'
import { findingKinds, type Finding } from '../../proof/finding.ts'
import { readTally } from '../../store/position.ts'
import { withDatabase } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure } from '../exit-codes.ts'
import { findingJson, findingText } from '../finding-text.ts'
import { walkOptions, type WalkFlags } from '../options.ts'
import { countOf, counted } from '../output.ts'
import { showProgress } from './verify.ts'

/** Cards that are told one by one; the others are counted. */
const mostTold = 100_000

interface RebuildFlags extends WalkFlags {
  readonly dryRun?: true
  readonly removeDoubled?: true
  readonly removeUnreported?: true
}

export function addRebuild(program: Command, context: CommandContext): void {
  const about = 'make lines and transit again from the events of the movements, where verify finds them wrong'
  walkOptions(program.command('rebuild').description(about))
    .option('--dry-run', 'do all of it, tell what it did, and take it back')
    .option(
      '--remove-doubled',
      'take out reports that are booked twice: same content, and same source and id or same message',
    )
    .option('--remove-unreported', 'take out the last lines of cards whose events are gone')
    .option(
      '--json',
      'as JSON, an object on each line: each finding, each card, what was done, what remains, a summary',
    )
    .addHelpText('after', help)
    .action(async (flags: RebuildFlags) => await runRebuild(context, flags))
}

const help = `
First the books are proven as by bincard verify, while booking goes on. Then, in one transaction, the cards with a
finding are made again from their events; for that time booking waits and reads go on. Line numbers stay, and so does
who is booked and who is held. A card whose events contradict each other, or whose last line has lost its event, is
left alone and told. At last the books are proven once more: the exit code is 0 only if nothing is found any more.

Examples:
  bincard rebuild --dry-run
  bincard rebuild`

async function runRebuild(context: CommandContext, flags: RebuildFlags): Promise<void> {
  const { output, signal } = context
  const { rebuild } = await import('../../books/rebuild.ts')
  const { verify } = await import('../../books/verify.ts')
  const tell = async (type: 'finding' | 'remaining', finding: Finding): Promise<void> => {
    if (flags.json === true) await output.json({ type, ...findingJson(finding) })
    else await output.data(type === 'finding' ? findingText(finding) : `remaining  ${findingText(finding)}`)
  }
  /** What no rebuild does anything about, and what it does only as far as it can. */
  const found = { leftToAPerson: 0, bookedTwice: 0 }
  const cardsToTell: RebuiltCard[] = []
  const remaining = await withDatabase(context, 'rebuild', async (database) => {
    const { lines, departuresHeld } = await readTally(database)
    const onProgress = showProgress(context, { lines, legs: lines + departuresHeld })
    const walk = { database, signal, rowsAtOnce: flags.rows, onProgress }
    const rebuilt = await rebuild({
      ...walk,
      end: flags.dryRun === true ? 'rehearse' : 'commit',
      doubled: flags.removeDoubled === true ? 'remove' : 'keep',
      unreported: flags.removeUnreported === true ? 'remove' : 'keep',
      newToken: () => randomUUID(),
      onFinding: async (finding) => {
        if (findingKinds[finding.code].cure === 'left to a person') found.leftToAPerson += 1
        if (finding.code === 'booked_twice') found.bookedTwice += 1
        await tell('finding', finding)
      },
      // Told afterwards: whoever reads slowly must not hold up the booking.
      onCard: (card) => {
        if (cardsToTell.length < mostTold) cardsToTell.push(card)
      },
    })
    output.end()
    await tellRebuilt(context, flags, { rebuilt, cards: cardsToTell })
    const { left, legsRemoved, verified } = rebuilt
    if (verified.findings === 0) return 0
    if (flags.dryRun === true) return left + found.leftToAPerson + found.bookedTwice - legsRemoved
    // What was done is proven by the same walk as what was found; booking goes on.
    return (await verify({ ...walk, onFinding: async (finding) => await tell('remaining', finding) }))
      .findings
  })
  output.end()
  if (flags.json === true) await output.json({ type: 'summary', ok: remaining === 0, remaining })
  if (remaining > 0)
    throw new CommandFailure(
      'wrong',
      `${remaining === 1 ? 'One finding remains' : `${countOf(remaining)} findings remain`}: see docs/reference/findings.md.`,
    )
}

/** Before it is proven, which takes its time: what is committed is told whatever comes of that. */
async function tellRebuilt(
  { output }: CommandContext,
  { json, dryRun }: RebuildFlags,
  { rebuilt, cards: cardsToTell }: { readonly rebuilt: Rebuilt; readonly cards: readonly RebuiltCard[] },
): Promise<void> {
  for (const card of cardsToTell)
    await (json === true ? output.json(cardJson(card)) : output.data(cardText(card)))
  const { verified, cards, left, linesAdded, linesRemoved, legsRemoved, legsRenumbered, movements } = rebuilt
  if (json === true) {
    await output.json({
      type: 'rebuilt',
      committed: dryRun !== true && verified.findings > 0,
      findings: verified.findings,
      cards_rebuilt: cards,
      cards_left: left,
      lines_removed: linesRemoved,
      lines_added: linesAdded,
      events_removed: legsRemoved,
      events_renumbered: legsRenumbered,
      movements_rebuilt: movements,
    })
  }
  output.say(
    verified.findings === 0
      ? 'The books are right; nothing was changed.'
      : `${dryRun === true ? 'It would be' : 'Committed'}: ${counted(cards, 'card')} made again, ${countOf(left)} left; ` +
          `${counted(linesRemoved, 'line')} out, ${countOf(linesAdded)} in; ` +
          `${countOf(legsRemoved)} doubled events out, ${countOf(legsRenumbered)} numbered again; ` +
          `transit of ${counted(movements, 'movement')} made again.`,
  )
}

function cardText({ card, left, made, gone, before, after, inOrderOfTime }: RebuiltCard): string {
  const name = `card ${card.warehouseId}/${card.productId}`
  if (left !== null) return `left  ${name}  ${left}`
  const compared =
    inOrderOfTime === null || (inOrderOfTime.balance === after && inOrderOfTime.held === 0)
      ? ''
      : `; in the order of time it would end with ${inOrderOfTime.balance} and ${inOrderOfTime.held} held`
  return `rebuilt  ${name}  ${made} lines made, ${gone} gone, balance ${before} → ${after}${compared}`
}

function cardJson({ card, left, made, gone, before, after, inOrderOfTime }: RebuiltCard) {
  return {
    type: 'card',
    warehouse_id: card.warehouseId,
    product_id: card.productId,
    left,
    lines_made: made,
    lines_gone: gone,
    balance_before: before,
    balance_after: after,
    in_order_of_time: inOrderOfTime,
  }
}
