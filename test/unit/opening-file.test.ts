import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { openingMovement } from '../../src/message/opening-stock.ts'
import { maxToldRows, readOpeningFile, type OpeningFile } from '../../src/opening-file.ts'
import { at, product, warehouse } from '../support/events.ts'

const now = at(1000)
const day = '2025-01-01T00:00:00Z'
const header = 'warehouse_id,product_id,quantity,timestamp'
const row = (n: number, quantity: number | string = 5, time = day) =>
  `${warehouse(n)},${product(1)},${quantity},${time}`

async function read(text: string, { form = 'csv', asOf = null }: Partial<OpeningFile> = {}) {
  return await readOpeningFile({ body: Buffer.from(text), form, asOf }, now)
}

/** `LINE WAREHOUSE QUANTITY SECONDS` of each row, or what is wrong. */
async function told(text: string, options: Partial<OpeningFile> = {}): Promise<readonly string[] | string> {
  const content = await read(text, options)
  if (content.kind === 'unreadable') return content.detail
  if (content.kind === 'wrong')
    return content.rows.map(({ line, code, field }) =>
      [line, code, field].filter((one) => one !== null).join(' '),
    )
  return content.rows.map(({ line, event }) => {
    const { warehouseId, quantity, occurredAt } = event
    return `${line} ${Number(warehouseId.slice(-2))} ${quantity} ${(occurredAt - at(0)) / 1e6}`
  })
}

suite('a file of opening stock', () => {
  test('is CSV as spreadsheets write it', async () => {
    const plain = ['2 1 5 0', '3 2 0 0']
    assert.deepEqual(await told([header, row(1), row(2, 0)].join('\n')), plain)
    assert.deepEqual(await told(`\ufeff${[header, row(1), row(2, 0), ''].join('\r\n')}`), plain)
    for (const delimiter of [';', '\t'])
      assert.deepEqual(await told([header, row(1), row(2, 0)].join('\n').replaceAll(',', delimiter)), plain)
    const quoted = [header, row(1), row(2, 0)].join('\n').replaceAll(/[^,\n]+/g, '"$&"')
    assert.deepEqual(await told(quoted), plain)
    const others = `Name,QUANTITY,product_id,Warehouse_ID\n"Tea; ""black"", hot\nor cold", 5 ,${product(1)},${warehouse(1).toUpperCase()}`
    assert.deepEqual(await told(others, { asOf: '2025-01-01T00:00:07Z' }), ['3 1 5 7'])
  })

  test('may be a JSON object on each line', async () => {
    const line = (n: number, rest: object = {}) =>
      JSON.stringify({
        warehouse_id: warehouse(n),
        product_id: product(1),
        quantity: 5,
        timestamp: day,
        ...rest,
      })
    const text = `\ufeff${line(1, { name: 'tea' })}\r\n\n${line(2, { timestamp: null })}`
    assert.deepEqual(await told(text, { form: 'ndjson', asOf: '2025-01-01T00:00:07Z' }), [
      '1 1 5 0',
      '3 2 5 7',
    ])
    const wrong = ['[1]', '{', line(3, { quantity: '5' }), line(4), '"x"'].join('\n')
    assert.deepEqual(await told(wrong, { form: 'ndjson' }), [
      '1 not_an_object',
      '2 not_json',
      '3 quantity_invalid quantity',
      '5 not_an_object',
    ])
    assert.equal(await told(' \n\n', { form: 'ndjson' }), 'The file has no rows.')
  })

  test('tells of every row that is wrong, by line, code and column', async () => {
    const rows = [
      header,
      row(1),
      row(2, '1.5'),
      row(3, '1 000'),
      row(4, -1),
      row(5, 1e12 + 1),
      row(6, ''),
      row(7, 1, ''),
      row(8, 1, '2025-02-30T00:00:00Z'),
      row(9, 1, '2025-01-03T00:00:00Z'),
      `north,${product(1)},1,${day}`,
      `${warehouse(1)},,1,${day}`,
      row(1, 7),
      `${warehouse(1)},${product(1)}`,
      `${row(10)},`,
    ]
    assert.deepEqual(await told(rows.join('\n')), [
      '3 quantity_invalid quantity',
      '4 quantity_invalid quantity',
      '5 quantity_out_of_range quantity',
      '6 quantity_out_of_range quantity',
      '7 field_missing quantity',
      '8 field_missing timestamp',
      '9 timestamp_invalid timestamp',
      '10 timestamp_in_future timestamp',
      '11 uuid_invalid warehouse_id',
      '12 field_missing product_id',
      '13 card_repeated',
      '14 row_malformed',
      '15 row_malformed',
    ])
  })

  test('tells of the first 1,000 wrong rows, and counts the others', async () => {
    const rows = Array.from({ length: maxToldRows + 500 }, (_, n) => row(n, n % 3 === 0 ? 'x' : n))
    const wrong = await read([header, ...rows, ...rows.map(() => 'x')].join('\n'))
    assert(wrong.kind === 'wrong')
    assert.deepEqual([wrong.rows.length, wrong.total, wrong.of], [1000, 2000, 3000])
  })

  test('that is none is refused with its reason', async () => {
    assert.equal(await told(''), 'The file has no rows.')
    assert.equal(await told(`${header}\n\n`), 'The file has no rows.')
    assert.equal(
      await told(row(1)),
      'The first line does not name the columns warehouse_id, product_id, quantity.',
    )
    assert.equal(await told(`${header},Quantity\n`), 'The first line names the column quantity twice.')
    assert.equal(await told(`${header}\n"x,y\n`), 'Line 2: a quotation mark is never closed.')
    assert.match(String(await told(`${header}\nx"y,1`)), /^Line 2: a quotation mark stands inside a cell/)
    assert.match(String(await told(`${header}\n"x"y,1`)), /^Line 2: text stands behind a closing/)
    assert.match(String(await told(`${header}\n${'x'.repeat(20_000)}`)), /^Line 2: the row is longer/)
  })

  test('opens each card by a movement that is always the same', async () => {
    const key = { warehouseId: warehouse(1), productId: product(1) }
    // Python's uuid.uuid5 says the same.
    assert.equal(openingMovement(key), '59e46f44-ad50-5ad9-b3bf-6f377610c423')
    const cards = [1, 2].flatMap((w) =>
      [1, 2].map((p) => ({ warehouseId: warehouse(w), productId: product(p) })),
    )
    assert.equal(new Set(cards.map(openingMovement)).size, 4)
  })

  test('of many rows leaves others their turn', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => row(n % 100, n).replace(product(1), product(n)))
    for (const form of ['csv', 'ndjson'] as const) {
      const lines = rows.map((one) => {
        const [warehouse_id, product_id, quantity, timestamp] = one.split(',')
        return JSON.stringify({ warehouse_id, product_id, quantity: Number(quantity), timestamp })
      })
      const reading = read((form === 'csv' ? [header, ...rows] : lines).join('\n'), { form })
      let turns = 0
      const count = setInterval(() => (turns += 1), 0)
      const content = await reading
      clearInterval(count)
      assert(content.kind === 'rows')
      assert.equal(content.rows.length, 20_000)
      assert(turns > 5, `${turns} turns`)
    }
  })
})
