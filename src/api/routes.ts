import type { Api } from './app.ts'
import type { ApiDependencies } from './dependencies.ts'
import { getCard } from './routes/get-card.ts'
import { getLiveness, getReadiness } from './routes/get-health.ts'
import { getMovement } from './routes/get-movement.ts'
import { getOpenApi } from './routes/get-openapi.ts'
import { postEvents } from './routes/post-events.ts'

/** Adds one route. */
export type Route = (app: Api, deps: ApiDependencies) => void

/** Every route there is; `/docs` is a page and has its own file. */
export const routes: readonly Route[] = [
  getMovement,
  getCard,
  postEvents,
  getLiveness,
  getReadiness,
  getOpenApi,
]
