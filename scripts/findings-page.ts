/** What `bincard verify` may find, and what is to be done about it. */
import { findingKinds } from '../src/proof/finding.ts'
import { code, notice, table } from './markdown.ts'

export function findingsPage(): string[] {
  return [
    '# Findings',
    notice,
    'What `bincard verify` may find: the code of each finding is stable. A sound ledger has none; each of them means that something else than Bincard has written to its tables, that the disk or a restore has lost something, or that Bincard has an error.',
    table(
      ['Code', 'What is wrong', '`bincard rebuild`'],
      Object.entries(findingKinds).map(([name, { about, cure }]) => [code(name), about, cure]),
    ),
    '## What a rebuild does',
    'The events of the movements are what it goes by. The lines of a damaged card are made again from its events, in the order of the numbers that these got, and transit from the events of the movement; totals follow. Numbers of lines are kept, and so is who is booked and who is held. It is one transaction: booking waits for it, some milliseconds for each damaged card and more for one with very many lines, and reads go on.',
    'A card is left as it is, and told, where its events contradict each other: two events have one line, no event has a line, or a balance would fall below zero; and where its last line would go because the event of it is gone, unless `--remove-unreported` says so. Transit of a movement with a report that is booked twice is left, too, until that is removed.',
    '## What is left to a person',
    table(
      ['Finding', 'What to do'],
      [
        [
          code('booked_twice'),
          'Nobody but a person writes one. `bincard rebuild --remove-doubled` takes it out, unless lines of its card follow its own.',
        ],
        [
          code('legs_contradict'),
          'Find out in the warehouse which of the reports is true. The other can be countered by a new movement.',
        ],
        [
          code('held_in_vain'),
          'It is booked with the next arrival on its card, and a card that is made again may have caused it. If it stays, please report it.',
        ],
        [
          code('line_without_leg'),
          'Was the movement reported? Then its event is lost, and the line is all that is left of it: note it. `bincard rebuild --remove-unreported` takes the line out, if none follows it on its card. If the topic still holds the message, `bincard position set PARTITION OFFSET` before it then books it again: what is there already is recognised.',
        ],
        [
          `${code('lines_missing')} of a card that is left`,
          'An event is gone with its line. If the topic still holds its message, `bincard position set PARTITION OFFSET` before it books it again.',
        ],
      ],
    ),
  ]
}
