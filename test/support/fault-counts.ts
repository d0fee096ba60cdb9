/** Faults as a service counts them, and as it tells them. */
import type { ServiceProcess } from './service-process.ts'

/** Faults of PostgreSQL with this code, of all these processes together. */
export async function countFaults(
  replicas: readonly ServiceProcess[],
  code: string,
  part = 'postgres',
): Promise<number> {
  const counts = await Promise.all(
    replicas.map((replica) => replica.metric(`bincard_faults_total{part="${part}",code="${code}"}`)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** All faults that the process has counted. */
export async function countAllFaults({ metricsPort }: ServiceProcess): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('bincard_faults_total{'))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
