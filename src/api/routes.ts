import type { Api } from './app.ts'
import type { ApiDependencies } from './dependencies.ts'
import { discardMessage } from './routes/discard-message.ts'
import { getCard } from './routes/get-card.ts'
import { getDifferences } from './routes/get-differences.ts'
import { getLiveness, getReadiness, getServing } from './routes/get-health.ts'
import { getHeld } from './routes/get-held.ts'
import { getMovement } from './routes/get-movement.ts'
import { getMovements } from './routes/get-movements.ts'
import { getOpenApi } from './routes/get-openapi.ts'
import { getOverview } from './routes/get-overview.ts'
import { getProductWarehouses } from './routes/get-product-warehouses.ts'
import { getQuarantine } from './routes/get-quarantine.ts'
import { getQuarantinedMessage } from './routes/get-quarantined-message.ts'
import { getStream } from './routes/get-stream.ts'
import { getThroughput } from './routes/get-throughput.ts'
import { getTransit } from './routes/get-transit.ts'
import { getWarehouseProducts } from './routes/get-warehouse-products.ts'
import { getWarehouses } from './routes/get-warehouses.ts'
import { queryCards } from './routes/query-cards.ts'
import { postEvents } from './routes/post-events.ts'
import { postOpeningStock } from './routes/post-opening-stock.ts'
import { redriveMessage } from './routes/redrive-message.ts'
import { redriveMessages } from './routes/redrive-messages.ts'

/** Adds one route. */
export type Route = (app: Api, deps: ApiDependencies) => void

/** Every route there is; `/docs` is a page and has its own file. */
export const routes: readonly Route[] = [
  getMovement,
  getCard,
  getMovements,
  getWarehouses,
  getWarehouseProducts,
  getProductWarehouses,
  queryCards,
  getTransit,
  getDifferences,
  getHeld,
  getOverview,
  getThroughput,
  getStream,
  postEvents,
  postOpeningStock,
  getQuarantine,
  getQuarantinedMessage,
  redriveMessage,
  discardMessage,
  redriveMessages,
  getLiveness,
  getReadiness,
  getServing,
  getOpenApi,
]
