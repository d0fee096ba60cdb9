/**
 * Reads a file of opening stock, a row for each card: CSV as spreadsheets write it, or a JSON object on each line. Pure
 * but for the turns it gives to others; whatever is wrong with any row is told, all at once.
 */
import { pipeline } from 'node:stream/promises'
import { parse, CsvError } from 'csv-parse'
import { cardId } from './booking/ledger.ts'
import { decode } from './message/decode.ts'
import { isObject } from './message/envelope.ts'
import type { Micros, MovementEvent, MovementId, ProductId, WarehouseId } from './message/event.ts'
import { openingMessage, openingMovement, type OpeningData } from './message/opening-stock.ts'
import { parseUuid } from './message/uuid.ts'

export const openingMediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

export interface OpeningFile {
  readonly body: Buffer
  readonly form: keyof typeof openingMediaTypes
  /** For rows that have no time of their own, as it was given; null if they must have one. */
  readonly asOf: string | null
}

/** One row that is right. */
export interface OpeningRow {
  /** In the file; 1 is the first. */
  readonly line: number
  readonly event: MovementEvent
}

/** What is wrong with one row. `field` is the column. */
export interface WrongRow {
  readonly line: number
  readonly code: string
  readonly field: string | null
  readonly detail: string
}

export type ReadOpeningFile =
  | { readonly kind: 'rows'; readonly rows: readonly OpeningRow[] }
  | {
      readonly kind: 'wrong'
      readonly total: number
      readonly rows: readonly WrongRow[]
      readonly of: number
    }
  /** There are no rows to speak of. */
  | { readonly kind: 'unreadable'; readonly detail: string }

/** So many wrong rows are told; the others are counted. */
export const maxToldRows = 1000

const columns = ['warehouse_id', 'product_id', 'quantity', 'timestamp'] as const
const optionalColumns: ReadonlySet<string> = new Set(['timestamp'])
/** No cell of ours has any of them, so whichever the spreadsheet uses is right. */
const delimiters = [',', ';', '\t']
/** A row of ours has some 100 bytes; others may have a name and a remark in it. */
const maxRowBytes = 16_384
/** Others have their turn after so many bytes. */
const sliceBytes = 65_536

export async function readOpeningFile(file: OpeningFile, receivedAt: Micros): Promise<ReadOpeningFile> {
  const reader = new RowReader(file, receivedAt)
  try {
    await (file.form === 'csv' ? readCsv(file.body, reader) : readLines(file.body, reader))
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', detail: error.message }
    if (!(error instanceof CsvError)) throw error
    return {
      kind: 'unreadable',
      detail: `Line ${Number(error['lines'])}: ${csvFaults[error.code] ?? 'not CSV.'}`,
    }
  }
  return reader.result()
}

class Unreadable extends Error {}

const csvFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is never closed.',
  INVALID_OPENING_QUOTE:
    'a quotation mark stands inside a cell; write it twice, and the cell in quotation marks.',
  CSV_INVALID_CLOSING_QUOTE: 'text stands behind a closing quotation mark.',
  CSV_MAX_RECORD_SIZE: `the row is longer than ${maxRowBytes} bytes.`,
}

/** Checks row after row. */
class RowReader {
  readonly #file: OpeningFile
  readonly #receivedAt: Micros
  readonly #rows: OpeningRow[] = []
  readonly #wrong: WrongRow[] = []
  readonly #lineOfCard = new Map<string, number>()
  #wrongTotal = 0

  constructor(file: OpeningFile, receivedAt: Micros) {
    this.#file = file
    this.#receivedAt = receivedAt
  }

  take(line: number, data: OpeningData): void {
    const event = this.#decode(data)
    if (event.kind === 'rejected') {
      const { code, detail } = event
      this.refuse({ line, code, field: event.field?.replace(/^data\./, '') ?? null, detail })
      return
    }
    const earlier = this.#lineOfCard.get(cardId(event))
    if (earlier === undefined) {
      this.#lineOfCard.set(cardId(event), line)
      this.#rows.push({ line, event })
    } else {
      const detail = `Line ${earlier} has the same warehouse and product.`
      this.refuse({ line, code: 'card_repeated', field: null, detail })
    }
  }

  refuse(row: WrongRow): void {
    this.#wrongTotal += 1
    if (this.#wrong.length < maxToldRows) this.#wrong.push(row)
  }

  result(): ReadOpeningFile {
    const [rows, wrong, total] = [this.#rows, this.#wrong, this.#wrongTotal]
    if (total > 0) return { kind: 'wrong', total, rows: wrong, of: rows.length + total }
    return rows.length > 0 ? { kind: 'rows', rows } : { kind: 'unreadable', detail: 'The file has no rows.' }
  }

  /** By the rules of all messages: the row is decoded as the message that it becomes. */
  #decode({ timestamp, ...data }: OpeningData) {
    const warehouseId = parseUuid<WarehouseId>(data.warehouse_id)
    const productId = parseUuid<ProductId>(data.product_id)
    const isCard = warehouseId !== null && productId !== null
    const movementId = isCard ? openingMovement({ warehouseId, productId }) : noMovement
    const value = openingMessage(movementId, { ...data, timestamp: timestamp ?? this.#file.asOf })
    return decode({ value, headers: [], key: null, partition: 0, offset: 0 }, this.#receivedAt)
  }
}

/** For a row that will be refused for the card it names. */
const noMovement = '00000000-0000-0000-0000-000000000000' as MovementId

async function readCsv(body: Buffer, reader: RowReader): Promise<void> {
  const parser = parse({
    bom: true,
    delimiter: delimiters,
    info: true,
    max_record_size: maxRowBytes,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  })
  await pipeline(slicesOf(body), parser, async (records: AsyncIterable<CsvRecord>) => {
    let header: readonly string[] | null = null
    for await (const { record, info } of records) {
      const { lines: line } = info
      if (header === null) header = readHeader(record)
      else if (record.length === header.length) reader.take(line, dataOf(header, record))
      else {
        const detail = `The row has ${record.length} cells, the header ${header.length}.`
        reader.refuse({ line, code: 'row_malformed', field: null, detail })
      }
    }
  })
}

interface CsvRecord {
  readonly record: readonly string[]
  /** The line on which the row ends. */
  readonly info: { readonly lines: number }
}

/** Names in any case and order; others are allowed, for whoever exports more than is needed. */
function readHeader(record: readonly string[]): readonly string[] {
  const header = record.map((name) => name.toLowerCase())
  const missing = columns.filter((name) => !optionalColumns.has(name) && !header.includes(name))
  if (missing.length > 0)
    throw new Unreadable(`The first line does not name the columns ${missing.join(', ')}.`)
  const repeated = columns.find((name) => header.indexOf(name) !== header.lastIndexOf(name))
  if (repeated !== undefined) throw new Unreadable(`The first line names the column ${repeated} twice.`)
  return header
}

/** An empty cell is a missing one. A whole number in digits is a number; of any other text decoding says what it is. */
function dataOf(header: readonly string[], record: readonly string[]): OpeningData {
  const cell = (name: (typeof columns)[number]): string | undefined =>
    record[header.indexOf(name)] || undefined
  const quantity = cell('quantity')
  return {
    warehouse_id: cell('warehouse_id'),
    product_id: cell('product_id'),
    quantity: quantity !== undefined && /^-?\d{1,16}$/.test(quantity) ? Number(quantity) : quantity,
    timestamp: cell('timestamp'),
  }
}

async function readLines(body: Buffer, reader: RowReader): Promise<void> {
  let [line, start] = [0, 0]
  while (start < body.length) {
    const newline = body.indexOf(0x0a, start)
    const end = newline === -1 ? body.length : newline
    line += 1
    // A byte order mark, and the CR of a CRLF, are white space to trim().
    readLine(line, body.toString('utf8', start, end).trim(), reader)
    if (Math.floor(start / sliceBytes) !== Math.floor(end / sliceBytes)) await turn()
    start = end + 1
  }
}

function readLine(line: number, text: string, reader: RowReader): void {
  if (text === '') return
  const value = parseJson(text)
  if (value === undefined)
    return reader.refuse({ line, code: 'not_json', field: null, detail: 'The line is not JSON.' })
  if (isObject(value)) return reader.take(line, pick(value))
  reader.refuse({ line, code: 'not_an_object', field: null, detail: 'The line is JSON, but not an object.' })
}

/** Other fields are allowed, and left out. */
function pick(value: Readonly<Record<string, unknown>>): OpeningData {
  const { warehouse_id, product_id, quantity, timestamp } = value as OpeningData
  return { warehouse_id, product_id, quantity, timestamp }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function* slicesOf(body: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += sliceBytes) {
    yield body.subarray(start, start + sliceBytes)
    await turn()
  }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
