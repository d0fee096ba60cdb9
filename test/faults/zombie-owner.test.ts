import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { freshDatabase } from '../support/environment.ts'
import { faultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import type { Scene } from '../support/scene.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const partitions = 6
/** How a batch begins; reads have another isolation. */
const begin = 'begin isolation level read committed'
const copy = 'copy movement_leg'
/** The end of all rows of a COPY (CopyDone). */
const copyDone = Buffer.from('c\0\0\0\u0004')
/** No time-out of its own, nor of the server, ends what it has open: only the heir can. */
const patient = {
  POSTGRES_STATEMENT_TIMEOUT_MS: '290000',
  LANE_STALL_TIMEOUT_MS: '600000',
}
/** So that rows that the zombie keeps are free soon after its session is over. */
const brisk = { POSTGRES_STATEMENT_TIMEOUT_MS: '2000', POSTGRES_LOCK_TIMEOUT_MS: '1000' }
const fenced = 'bincard_fenced_batches_total'
const ended = 'bincard_faults_total{part="postgres",code="silent_owner_ended"}'

fault('F3', 'an owner that freezes amid its batches is fenced when it wakes up', async (run) => {
  const rounds = run.choose({ whole: 5, share: 1 })
  for (let round = 0; round < rounds; round += 1) {
    const { scene, proxy } = await setZombieScene(run)
    const zombie = await scene.startReplica({ ...zombieEnvironment(proxy), BATCH_MAX_EVENTS: '50' })
    // Its next batch has been cut and its transaction not begun: the request is on its way, and stays there.
    freezeAt(zombie, proxy, { when: (bytes) => bytes.includes(begin), times: 30, isHeldBack: true })
    await scene.feed()
    await takeOver(run, scene)
    wake(zombie, proxy)
    await waitFor('a fenced batch', async () => (await zombie.metric(fenced)) > 0, { limitMs: 60_000 })
    await share(scene)
    await scene.settle()
  }
})

fault(
  'F3b',
  'an owner that freezes with half of its rows sent does not keep its heir waiting',
  async (run) => {
    const { scene, proxy } = await setZombieScene(run)
    await scene.feed()
    const zombie = await scene.startReplica({ ...zombieEnvironment(proxy), BATCH_MAX_EVENTS: '9000' })
    const hasMore = (bytes: Buffer): boolean =>
      bytes.includes(copy) && !bytes.subarray(-copyDone.length).equals(copyDone)
    freezeAt(zombie, proxy, { when: hasMore, times: 1, isHeldBack: false })
    const heir = await takeOver(run, scene)
    assert.ok((await heir.metric(ended)) > 0, 'the silent owner was not ended')
    wake(zombie, proxy)
    await share(scene)
    await scene.settle()
  },
  { onlyWhole: 'test/store/silent-owner.test.ts shows the same in two seconds' },
)

async function setZombieScene(run: FaultRun): Promise<{ scene: Scene; proxy: FaultProxy }> {
  const database = await freshDatabase(run.t)
  const proxy = await faultProxy(run.t, database)
  const scene = await run.scene({
    messages: run.choose({ whole: 50_000, share: 8_000 }),
    database,
    partitions,
  })
  return { scene, proxy }
}

function zombieEnvironment({ port }: FaultProxy): Record<string, string> {
  return { ...patient, POSTGRES_PORT: String(port) }
}

interface Moment {
  readonly when: (bytes: Buffer) => boolean
  /** How often it comes until the freeze. */
  readonly times: number
  /** Whether these bytes are held back, or only what comes behind them. */
  readonly isHeldBack: boolean
}

/** Freezes the process as it sends to the database; from then on nothing that it has sent gets there. */
function freezeAt(zombie: ServiceProcess, proxy: FaultProxy, { when, times, isHeldBack }: Moment): void {
  let [left, isFrozen] = [times, false]
  proxy.watch((bytes, direction) => {
    if (direction !== 'toServer') return 'pass'
    if (isFrozen) proxy.silence(true, 'toServer')
    else if (when(bytes) && --left === 0) {
      isFrozen = true
      zombie.signal('SIGSTOP')
      if (isHeldBack) proxy.silence(true, 'toServer')
    }
    return 'pass'
  })
}

/** What was held back goes on first: the zombie wakes up to an answer. */
function wake(zombie: ServiceProcess, proxy: FaultProxy): void {
  proxy.watch(null)
  proxy.silence(false)
  zombie.signal('SIGCONT')
}

/** Starts the heir, and waits until it has booked everything. */
async function takeOver(run: FaultRun, scene: Scene): Promise<ServiceProcess> {
  const [zombie] = scene.replicas
  assert.ok(zombie !== undefined)
  await waitFor('the freeze', () => stateOf(zombie) === 'T', { limitMs: 60_000 })
  run.inflict()
  const frozenMs = performance.now()
  const heir = await scene.startReplica(brisk)
  await scene.untilBooked(1)
  assert.equal(await heir.partitions(), partitions)
  const seconds = ((performance.now() - frozenMs) / 1000).toFixed(1)
  run.measured(
    `all booked ${seconds} s after the freeze, ${await heir.metric(ended)} silent connections ended`,
  )
  return heir
}

/** Awake again, the zombie gets its share of the partitions, and the heir keeps the other one. */
async function share({ replicas }: Scene): Promise<void> {
  await waitFor(
    'half of the partitions each',
    async () => {
      const counts = await Promise.all(replicas.map((replica) => replica.partitions()))
      return counts.every((count) => count === partitions / 2)
    },
    { limitMs: 60_000 },
  )
}

/** The state of a process, as /proc has it: `T` is stopped. */
function stateOf({ pid }: ServiceProcess): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0]
}
