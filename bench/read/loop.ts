import { Pool } from 'undici'

/** Enough to keep one process busy. */
const connections = 32
const warmShare = 0.3

/** Requests a second, closed loop: each connection asks again as soon as it has its answer. Every answer must be a 200. */
export async function requestsPerSecond(
  origin: string,
  paths: readonly string[],
  { seconds }: { readonly seconds: number },
): Promise<number> {
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const began = performance.now()
  const [countFrom, end] = [began + seconds * warmShare * 1000, began + seconds * 1000]
  let [next, counted] = [0, 0]
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      const path = paths[next++ % paths.length] ?? '/'
      const { statusCode, body } = await pool.request({ path, method: 'GET' })
      await body.dump()
      if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`)
      if (performance.now() >= countFrom) counted += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, loop))
  } finally {
    await pool.destroy()
  }
  return (counted * 1000) / (end - countFrom)
}
