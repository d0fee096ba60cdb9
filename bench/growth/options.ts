import { parseArguments, wholeNumber, wrongUse } from '../arguments.ts'

export interface Options {
  readonly json: boolean
  /** Movements, rising: what is measured there. */
  readonly marks: readonly number[]
  /** Stretches of booking at each mark, in the large books and in empty ones. */
  readonly stretches: number
  /** Of one stretch. */
  readonly messages: number
  readonly warehouses: number
  /** Of each warehouse. */
  readonly products: number
  /** Of the ledgers, by hash. */
  readonly tablePartitions: number | null
  /** Settings of PostgreSQL, by name, beside its own defaults. */
  readonly settings: ReadonlyMap<string, string>
  readonly seed: number
}

const million = 1e6

/** @throws {StackError} that says what is wrong, with the exit code for that */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const isQuick = values.quick === true
  return {
    json: values.json === true,
    marks: readMarks(values.marks ?? (isQuick ? '0,0.05,0.1,0.2' : '0,1,5,10')),
    stretches: wholeNumber('stretches', values.stretches, { otherwise: 3, least: 1 }),
    messages: wholeNumber('messages', values.messages, {
      otherwise: isQuick ? 50_000 : 150_000,
      least: 10_000,
    }),
    warehouses: wholeNumber('warehouses', values.warehouses, { otherwise: 100, least: 1 }),
    products: wholeNumber('products', values.products, { otherwise: isQuick ? 200 : 1000, least: 1 }),
    tablePartitions:
      values.partitions === undefined
        ? null
        : wholeNumber('partitions', values.partitions, { otherwise: 1, least: 1 }),
    settings: new Map((values.set ?? []).map(readSetting)),
    seed: wholeNumber('seed', values.seed, { otherwise: 1, least: 0 }),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  return parseArguments(args, {
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    marks: text,
    stretches: text,
    messages: text,
    warehouses: text,
    products: text,
    partitions: text,
    set: { type: 'string', multiple: true },
    seed: text,
  })
}

/** In millions: `0,0.5,10`. */
function readMarks(given: string): number[] {
  const marks = given.split(',').map((text) => Math.round(Number(text) * million))
  const isRising = marks.every((mark, at) => mark >= 0 && (at === 0 || mark > (marks[at - 1] ?? 0)))
  if (!isRising) throw wrongUse('--marks are millions of movements, each more than the one before: 0,0.5,10.')
  return marks
}

function readSetting(given: string): [string, string] {
  const [, name, value] = /^([a-z_]+)=(.+)$/.exec(given) ?? []
  if (name === undefined || value === undefined)
    throw wrongUse('--set is a setting of PostgreSQL with its value: --set max_wal_size=16GB.')
  return [name, value]
}
