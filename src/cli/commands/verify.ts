import type { Command } from 'commander'
import { readTally } from '../../store/position.ts'
import type { VerifyProgress } from '../../books/verify.ts'
import { withDatabase } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure } from '../exit-codes.ts'
import { findingJson, findingText } from '../finding-text.ts'
import { walkOptions, type WalkFlags } from '../options.ts'
import { countOf, counted } from '../output.ts'

export function addVerify(program: Command, context: CommandContext): void {
  const about = 'prove the books: cards against movements, movements against cards, and all of it summed up'
  walkOptions(program.command('verify').description(about))
    .option('--json', 'each finding, and at last a summary, as a JSON object on a line')
    .addHelpText('after', help)
    .action(async (flags: WalkFlags) => await runVerify(context, flags))
}

const help = `
It may run while events are booked, and changes nothing. Findings are explained in docs/reference/findings.md.

Examples:
  bincard verify
  bincard verify --json > findings.ndjson`

async function runVerify(context: CommandContext, { json, rows }: WalkFlags): Promise<void> {
  const { output, signal } = context
  const { verify } = await import('../../books/verify.ts')
  const verified = await withDatabase(context, 'verify', async (database) => {
    const { lines, departuresHeld } = await readTally(database)
    return await verify({
      database,
      signal,
      rowsAtOnce: rows,
      onFinding: async (finding) =>
        await (json === true
          ? output.json({ type: 'finding', ...findingJson(finding) })
          : output.data(findingText(finding))),
      onProgress: showProgress(context, { lines, legs: lines + departuresHeld }),
    })
  })
  output.end()
  const { findings, counts } = verified
  if (json === true) {
    const { lines, cards, legs } = verified
    await output.json({ type: 'summary', ok: findings === 0, findings, lines, cards, events: legs })
  }
  const walked = `${counted(counts.cards, 'card')}, ${counted(counts.lines, 'line')}, ${counted(verified.legs, 'event')}`
  if (findings > 0)
    throw new CommandFailure(
      'wrong',
      `${findings === 1 ? 'One finding' : `${countOf(findings)} findings`} in ${walked}.`,
    )
  output.say(`The books are right: ${walked}.`)
}

/** A bar over both walks; lines and legs are as many as the totals say. */
export function showProgress(
  { output }: CommandContext,
  expected: { readonly lines: number; readonly legs: number },
): (progress: VerifyProgress) => void {
  const total = expected.lines + expected.legs
  return ({ step, rows }) => {
    const done = step === 'movements' ? expected.lines + rows : rows
    output.progress({ label: step, done, total })
  }
}
