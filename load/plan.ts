import type { Pace } from '../open-loop/pace.ts'
import type { StreamShape } from './stream.ts'

export interface Plan {
  readonly kind: 'quick' | 'full'
  readonly shape: StreamShape
  /** Cold code and new connections are not what is measured; and it brings as much under way as there ever is. */
  readonly warmUp: Pace
  readonly stepSeconds: number
  /** Messages a second, until the service is saturated. */
  readonly intakeRates: readonly number[]
  /** Requests a second, until the service is saturated. */
  readonly readRates: readonly number[]
  /** Messages that come in while it is read: pages that nothing changes would all come from the cache. */
  readonly backgroundPerSecond: number
}

/** Some eight minutes. A step's messages are made before it begins: at 80,000/s they are 1.2 million, and 0.8 GB. */
export const fullPlan: Plan = {
  kind: 'full',
  shape: { warehouses: 50, products: 200, underWay: 20_000 },
  warmUp: { perSecond: 2000, seconds: 12 },
  stepSeconds: 15,
  intakeRates: [500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 60_000, 80_000],
  readRates: [100, 250, 500, 1000, 2000, 3000, 4000, 5000, 6000, 8000, 12_000, 16_000],
  backgroundPerSecond: 50,
}

/** Below three minutes with everything that a fresh clone has to fetch: shows the shape, not the last tenth. */
export const quickPlan: Plan = {
  kind: 'quick',
  shape: { warehouses: 20, products: 50, underWay: 5000 },
  warmUp: { perSecond: 2000, seconds: 4 },
  stepSeconds: 4,
  intakeRates: [200, 1000, 5000, 10_000, 20_000, 40_000, 80_000],
  readRates: [100, 500, 1000, 2000, 4000, 8000, 16_000],
  backgroundPerSecond: 50,
}
