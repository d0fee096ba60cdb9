/**
 * What an answer costs without us, by Fastify itself: one that is a constant (`/constant/…`), the same with the headers
 * that an API must send (`/headed/…`), and one that runs a single statement and sends its rows (`/query/…`). A process of
 * its own, like the service.
 */
import Fastify from 'fastify'
import pg from 'pg'
import type { Constant } from './constant.ts'

const { POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, CONSTANTS } = process.env
const pool = new pg.Pool({
  host: POSTGRES_HOST,
  port: Number(POSTGRES_PORT),
  user: POSTGRES_USER,
  password: POSTGRES_PASSWORD,
  database: POSTGRES_DB,
  max: 10,
})
const constants = JSON.parse(CONSTANTS ?? '{}') as Record<string, Constant>

const app = Fastify()
for (const [name, { body, headers }] of Object.entries(constants)) {
  app.get(`/constant/${name}`, async (_, reply) => reply.type('application/json; charset=utf-8').send(body))
  app.get(`/headed/${name}`, async (_, reply) => reply.headers(headers).send(body))
}
app.get<{ Params: { id: string } }>('/query/api/movements/:id', async ({ params }) => {
  const { rows } = await pool.query('select * from movement_leg where movement_id = $1', [params.id])
  return rows
})
app.get<{ Params: { warehouse: string; product: string } }>(
  '/query/api/warehouses/:warehouse/products/:product',
  async ({ params }) => {
    const { rows } = await pool.query(
      `select c.*, m.* from (
         select * from card_line where warehouse_id = $1 and product_id = $2 order by line desc limit 50
       ) c left join movement_leg m on m.movement_id = c.movement_id and m.product_id = c.product_id`,
      [params.warehouse, params.product],
    )
    return rows
  },
)
console.log(JSON.stringify({ port: Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port) }))
process.once('SIGTERM', () => process.exit(0))
