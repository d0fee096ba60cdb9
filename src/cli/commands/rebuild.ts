import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { RebuiltCard } from '../../books/rebuild-card.ts'
import { findingKinds, type Finding, type FindingCode } from '../../proof/finding.ts'
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
    .option('--json', 'each finding, each card, and at last a summary, as a JSON object on a line')
    .addHelpText('after', help)
    .action(async (flags: RebuildFlags) => await runRebuild(context, flags))
}

const help = `
First the books are proven as by bincard verify, while booking goes on. Then, in one transaction, the cards with a
finding are made again from their events; for that time booking waits and reads go on. Line numbers stay, and so does
who is booked and who is held. A card whose events contradict each other is left alone and told. At last the books are
proven once more: the exit code is 0 only if nothing is found any more.

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
  /** Of a rehearsal it can only be said of what nothing would have been done about. */
  let untouched = 0
  const cardsToTell: RebuiltCard[] = []
  const { rebuilt, remaining } = await withDatabase(context, 'rebuild', async (database) => {
    const { lines, departuresHeld } = await readTally(database)
    const onProgress = showProgress(context, { lines, legs: lines + departuresHeld })
    const walk = { database, signal, rowsAtOnce: flags.rows, onProgress }
    const done = await rebuild({
      ...walk,
      end: flags.dryRun === true ? 'rehearse' : 'commit',
      doubled: flags.removeDoubled === true ? 'remove' : 'keep',
      unreported: flags.removeUnreported === true ? 'remove' : 'keep',
      newToken: () => randomUUID(),
      onFinding: async (finding) => {
        if (!isCured(finding.code, flags)) untouched += 1
        await tell('finding', finding)
      },
      // Told afterwards: whoever reads slowly must not hold up the booking.
      onCard: (card) => {
        if (cardsToTell.length < mostTold) cardsToTell.push(card)
      },
    })
    output.end()
    for (const card of cardsToTell)
      await (flags.json === true ? output.json(cardJson(card)) : output.data(cardText(card)))
    if (flags.dryRun === true || done.verified.findings === 0)
      return { rebuilt: done, remaining: done.left + untouched }
    // What was done is proven by the same walk as what was found; booking goes on.
    const proven = await verify({ ...walk, onFinding: async (finding) => await tell('remaining', finding) })
    return { rebuilt: done, remaining: proven.findings }
  })
  output.end()
  const { verified, cards, left, linesAdded, linesRemoved, legsRemoved, legsRenumbered, movements } = rebuilt
  if (flags.json === true) {
    await output.json({
      type: 'summary',
      ok: remaining === 0,
      committed: flags.dryRun !== true && verified.findings > 0,
      findings: verified.findings,
      remaining,
      cards_rebuilt: cards,
      cards_left: left,
      lines_removed: linesRemoved,
      lines_added: linesAdded,
      events_removed: legsRemoved,
      events_renumbered: legsRenumbered,
      movements_rebuilt: movements,
    })
  }
  if (verified.findings === 0) {
    output.say('The books are right; nothing was changed.')
    return
  }
  output.say(
    `${flags.dryRun === true ? 'It would be' : 'Now'}: ${counted(cards, 'card')} made again, ${countOf(left)} left; ` +
      `${counted(linesRemoved, 'line')} out, ${countOf(linesAdded)} in; ` +
      `${countOf(legsRemoved)} doubled events out, ${countOf(legsRenumbered)} numbered again; ` +
      `transit of ${counted(movements, 'movement')} made again.`,
  )
  if (remaining > 0)
    throw new CommandFailure(
      'wrong',
      `${countOf(remaining)} of what was found is left to a person: see docs/reference/findings.md.`,
    )
  if (flags.dryRun !== true) output.say('The books are right now.')
}

/** Whether a rebuild with these flags is to mend findings of this kind. */
function isCured(code: FindingCode, flags: RebuildFlags): boolean {
  const { cure } = findingKinds[code]
  if (cure !== 'mended on request') return cure === 'mended'
  return (code === 'booked_twice' ? flags.removeDoubled : flags.removeUnreported) === true
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
