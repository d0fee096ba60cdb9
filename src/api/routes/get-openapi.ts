import type { Api } from '../app.ts'

/** The description of all routes, made of the schemas that check and write what they take and give. */
export function getOpenApi(app: Api): void {
  app.get('/openapi.json', { schema: { hide: true }, config: { role: 'open' } }, async () => app.swagger())
}
