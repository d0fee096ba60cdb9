/** What `POST /api/opening-stock` takes, for the description, and what it answers. */
import { Type, type Static } from 'typebox'
import { openingMediaTypes } from '../opening-file.ts'
import { openingOutcomes, type OpeningReport } from '../opening-stock.ts'
import { samples } from './samples.ts'
import { define, ref, uuid } from './schema.ts'

export const openingStockUrl = '/api/opening-stock'

const row = {
  warehouse_id: samples.senderId,
  product_id: samples.productId,
  quantity: 120,
  timestamp: '2025-02-01T00:00:00Z',
}

const fileSchema = (description: string) => ({ type: 'string', description })
const columnsOfRows = '`warehouse_id`, `product_id`, `quantity` and, unless `as_of` is given, `timestamp`'

export const openingRequestBody = {
  content: {
    [openingMediaTypes.csv]: {
      schema: fileSchema(
        `The first line names the columns: ${columnsOfRows}, in any order; others are passed over. Commas, semicolons or tabs.`,
      ),
      example: `${Object.keys(row).join(',')}\n${Object.values(row).join(',')}\n`,
    },
    [openingMediaTypes.ndjson]: {
      schema: fileSchema(`A JSON object on each line, with ${columnsOfRows}; other fields are passed over.`),
      example: `${JSON.stringify(row)}\n`,
    },
  },
}

const OpeningConflictSchema = define(
  'OpeningConflict',
  Type.Object(
    {
      line: Type.Integer({ minimum: 1, description: 'In the file; 1 is the first.' }),
      warehouse_id: uuid('Of the card.'),
      product_id: uuid('Of the card.'),
      code: Type.String({ description: 'Why: a stable code, as in quarantine.' }),
      detail: Type.String({ description: 'The same in a sentence.' }),
    },
    { description: 'A row that contradicts what is booked.' },
  ),
)

const meaning: Readonly<Record<(typeof openingOutcomes)[number], string>> = {
  booked: 'The card begins with this.',
  duplicate: 'The card began with just this before; nothing has changed.',
  quarantined: 'It contradicts what is booked, and waits for a person; in a dry run, it would.',
  accepted: 'In the log, and not booked yet when the wait ended.',
}

export const OpeningResultSchema = define(
  'OpeningStockResult',
  Type.Object(
    {
      dry_run: Type.Boolean({ description: 'Nothing was taken; this is only what would become.' }),
      rows: Type.Integer({ minimum: 1, description: 'Of the file.' }),
      outcomes: Type.Object(
        Object.fromEntries(
          openingOutcomes.map((name) => [name, Type.Integer({ minimum: 0, description: meaning[name] })]),
        ) as Record<(typeof openingOutcomes)[number], ReturnType<typeof Type.Integer>>,
        { description: 'How many rows had each outcome.' },
      ),
      conflicts: Type.Array(ref(OpeningConflictSchema), {
        description: 'The rows that are `quarantined`: the first 1,000.',
      }),
      after: Type.Array(Type.String({ description: 'PARTITION:OFFSET' }), {
        description: 'The last place in each partition. A read with `?after=` any of them waits for it.',
      }),
    },
    {
      description: 'What became of a file of opening stock.',
      examples: [
        {
          dry_run: false,
          rows: 2,
          outcomes: { booked: 1, duplicate: 1, quarantined: 0, accepted: 0 },
          conflicts: [],
          after: ['0:17'],
        },
      ],
    },
  ),
)

/** What the schemas of the route refer to. */
export const openingSchemas = [OpeningConflictSchema, OpeningResultSchema]

export function openingBody(report: OpeningReport, isRehearsal: boolean): Static<typeof OpeningResultSchema> {
  return {
    dry_run: isRehearsal,
    rows: report.rows,
    outcomes: report.counts,
    conflicts: report.conflicts.map(({ line, event, code, detail }) => ({
      line,
      warehouse_id: event.warehouseId,
      product_id: event.productId,
      code,
      detail,
    })),
    after: report.places.map(({ partition, offset }) => `${partition}:${offset}`),
  }
}
