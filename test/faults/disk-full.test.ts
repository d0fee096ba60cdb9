import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { countAllFaults } from '../support/fault-counts.ts'
import { ownPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { postgresProxy } from '../support/postgres-proxy.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const fullMs = 20_000
const diskMegabytes = 400
/** Six lanes with a pause of up to five seconds, the probe each second, and what came before the pauses grew. */
const mostFaults = 300

const promise = 'a full disk stops the booking without a hot loop, is told, and is gone on from by itself'
const whyNot = whyNotMounted()
if (whyNot === null) faultOfTheDisk()
else test(`F15 ${promise}`, { skip: whyNot }, () => undefined)

function faultOfTheDisk(): void {
  fault(
    'F15',
    promise,
    async (run) => {
      const postgres = await ownPostgres(run.t)
      const disk = dirname(postgres.data)
      mkdirSync(disk, { recursive: true })
      mount(disk, diskMegabytes)
      try {
        await inflict(run, postgres, disk)
      } finally {
        // The folder is removed behind this.
        await postgres.stop()
        execFileSync('umount', ['--lazy', disk])
      }
    },
    { onlyWhole: 'twenty seconds of a full disk' },
  )
}

async function inflict(run: FaultRun, postgres: OwnPostgres, disk: string): Promise<void> {
  // The whole of the log of changes is small, so that it is the tables for which there is no room.
  const settings = { max_wal_size: '64MB', min_wal_size: '64MB' }
  await postgres.start(settings)
  const proxy = await postgresProxy(run.t, postgres.address)
  const scene = await run.scene({
    messages: 50_000,
    database: proxy.address,
    environment: { BATCH_MAX_EVENTS: '500' },
  })
  const replica = await scene.startReplica()
  await replica.ready()
  scene.readAtTheSide()
  await scene.feed(0, 0.3)
  await scene.untilBooked(0.2)
  const filler = join(disk, 'filler')
  fill(filler)
  run.inflict()
  const before = { made: madeOf(proxy.made), faults: await countAllFaults(replica) }
  await scene.feed(0.3, 1)
  await waitFor('no readiness', async () => (await replica.get('/health/ready')).status === 503, {
    limitMs: 30_000,
  })
  const health = JSON.stringify((await replica.get('/health/ready')).body)
  const booked = await scene.booked()
  await sleep(fullMs)
  const tries = madeOf(proxy.made) - before.made
  const faults = (await countAllFaults(replica)) - before.faults
  assert.equal(replica.exit(), null)
  assert(faults < mostFaults, `${faults} faults`)
  rmSync(filler)
  const freedMs = performance.now()
  // One that could not write its log of changes has ended itself, and is started anew by whoever watches it.
  const isGone = await postgres.start(settings).then(
    () => true,
    () => false,
  )
  await scene.untilBooked(1)
  run.measured(
    `${faults} faults and ${tries} new connections in ${fullMs / 1000} s; ${isGone ? 'PostgreSQL had ended itself' : 'PostgreSQL lived on'}`,
  )
  run.measured(
    `${Math.round((1 - booked / scene.total) * 100)} % were booked ${seconds(freedMs)} s after there was room`,
  )
  assert.match(health, /failing/)
  await replica.ready()
  await scene.settle()
}

function madeOf(made: ReadonlyMap<string, number>): number {
  return [...made.values()].reduce((sum, count) => sum + count, 0)
}

/** Writes until there is no room. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let size = 1_048_576; size >= 4096; size /= 4) {
      const piece = Buffer.alloc(size)
      try {
        for (;;) writeSync(file, piece)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      }
    }
  } finally {
    closeSync(file)
  }
}

function mount(folder: string, megabytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' })
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755)
}

function whyNotMounted(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-mount-'))
  try {
    mount(folder, 1)
    execFileSync('umount', [folder])
    return null
  } catch {
    return 'a small disk cannot be mounted here: that takes Linux and its administrator'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function seconds(fromMs: number): string {
  return ((performance.now() - fromMs) / 1000).toFixed(1)
}
