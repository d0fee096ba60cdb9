import { ratioOf, reaches, spreadOf, type Ratio } from '../figures.ts'
import { markdownTable } from '../table.ts'
import { totalBytes, type Relation } from './disk.ts'
import type { Mark } from './measure.ts'
import type { Stretch } from './books.ts'

/** Of all that is on the disk: what is smaller has no line. */
const leastShare = 0.002
/** Of the rate in empty books. */
const goal = { atLeast: 0.85 }

/** Three tables: booking, reading, and the disk, at each mark. */
export function reportOf(marks: readonly Mark[]): string {
  return [bookingTable(marks), readingTable(marks), diskTable(marks)].join('\n\n')
}

/** The same for programs: each mark with what it comes to. */
export function resultOf(marks: readonly Mark[]) {
  return marks.map((mark) => ({
    ...mark,
    ratios: ratioAt(mark).values,
    bytesPerMovement: bytesPerMovement(mark, marks[0] ?? mark),
  }))
}

/** Stretch by stretch: what disturbs one disturbs the one beside it. */
export function ratioAt({ movements, grown, empty }: Mark): Ratio {
  const figure = (name: string, stretches: readonly Stretch[]) => ({
    name,
    unit: 'messages/s',
    goal: null,
    values: stretches.map(({ messagesPerSecond }) => messagesPerSecond),
  })
  return ratioOf(figure(markName(movements), grown), figure('empty', empty), goal)
}

/** What each movement has added to the disk since the first mark; null at that mark. */
export function bytesPerMovement(mark: Mark, first: Mark): number | null {
  const movements = mark.movements - first.movements
  return movements <= 0 ? null : (totalBytes(mark.relations) - totalBytes(first.relations)) / movements
}

function bookingTable(marks: readonly Mark[]): string {
  return markdownTable(
    [
      'Movements',
      'Messages/s, median (least to most)',
      'In empty books',
      'Ratio (goal: at least 0.85)',
      'While filling',
      'WAL, bytes a message',
      'In empty books',
      'Batches tried again',
    ],
    marks.map((mark) => {
      const { values } = ratioAt(mark)
      const wal = (stretches: readonly Stretch[]): string =>
        spreadOf(stretches.map(({ walBytesPerMessage }) => walBytesPerMessage)).median.toFixed(0)
      const missed = reaches(values, goal) ? '' : ', missed'
      return [
        markName(mark.movements),
        spreadText(mark.grown.map(({ messagesPerSecond }) => messagesPerSecond)),
        spreadText(mark.empty.map(({ messagesPerSecond }) => messagesPerSecond)),
        spreadText(values, 2) + missed,
        mark.filledPerSecond === null ? '' : mark.filledPerSecond.toFixed(0),
        wal(mark.grown),
        wal(mark.empty),
        String(mark.conflicts),
      ]
    }),
    { texts: 1 },
  )
}

function readingTable(marks: readonly Mark[]): string {
  const reads = marks[0]?.reads ?? []
  return markdownTable(
    ['Read, ms', 'Asked for', ...marks.map(({ movements }) => `${markName(movements)}: median / p99`)],
    reads.map(({ operation, about }, at) => [
      `\`${operation}\``,
      about,
      ...marks.map((mark) => {
        const read = mark.reads[at]
        return read === undefined ? '' : `${read.medianMs.toFixed(1)} / ${read.p99Ms.toFixed(1)}`
      }),
    ]),
    { texts: 2 },
  )
}

function diskTable(marks: readonly Mark[]): string {
  const [first, last] = [marks[0], marks.at(-1)]
  if (first === undefined || last === undefined) return ''
  const isLarge = ({ bytes }: Relation): boolean => bytes > totalBytes(last.relations) * leastShare
  const row = (name: string, bytesOf: (mark: Mark) => number): string[] => {
    const movements = last.movements - first.movements
    const each = movements > 0 ? ((bytesOf(last) - bytesOf(first)) / movements).toFixed(0) : ''
    return [name, ...marks.map((mark) => megabytes(bytesOf(mark))), each]
  }
  return markdownTable(
    ['On disk, MB', ...marks.map(({ movements }) => markName(movements)), 'Bytes a movement'],
    [
      row('all', ({ relations }) => totalBytes(relations)),
      ...last.relations
        .filter(isLarge)
        .map(({ name, kind }) =>
          row(kind === 'index' ? `– \`${name}\`` : `\`${name}\``, ({ relations }) =>
            totalBytes(relations.filter((relation) => relation.name === name)),
          ),
        ),
    ],
    { texts: 1 },
  )
}

function markName(movements: number): string {
  return movements.toLocaleString('en-GB')
}

function spreadText(values: readonly number[], digits = 0): string {
  const { median, min, max } = spreadOf(values)
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
