/** A simulated world: processes, a database and a topic; and, one step after the other, what goes on in it. */
import { Draw } from './draw.ts'
import { always, Scheduler, type Parked, type Runner } from './scheduler.ts'
import { SimulatedPartition, type LogParts } from './simulated-log.ts'
import { SimulatedPostgres } from './simulated-postgres.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { eventOf, partitions, sentEvent, Stream, type Sent } from './stream.ts'
import type { Tables } from './tables.ts'

/** What others do to the world, and no process of ours waits for. */
const outside: Runner = { name: 'outside', isAlive: true, isFrozen: false }
const processesAtOnce = 2
/** A lane that is idle looks at its position more often. */
const longestWaitMs = 20_000

export class World {
  readonly draw: Draw
  readonly scheduler: Scheduler
  readonly postgres: SimulatedPostgres
  readonly logs: readonly SimulatedPartition[]
  /** Those that live, frozen ones among them. */
  readonly processes: SimulatedProcess[] = []
  /** Who should book a partition, as the group has it. */
  readonly owners: (SimulatedProcess | null)[] = []
  readonly counts = new Map<string, number>()
  readonly story: string[] | null
  /** Messages that nobody has sent yet, the last one first. */
  readonly toCome: Sent[]
  readonly backups: Tables[] = []
  /** Rows may be inserted behind the back of the lock: lines then come in another order than the oracle's. */
  readonly isRude: boolean
  isLogAway = false
  /** In each of them, whoever waits long for something hears once that there is nothing. */
  round = 0
  #tokens = 0
  #names = 0
  #manual = 400

  constructor({ seed, isTold }: { readonly seed: number; readonly isTold: boolean }) {
    this.draw = new Draw(seed)
    this.scheduler = new Scheduler(this.draw)
    this.story = isTold ? [] : null
    const { draw, scheduler } = this
    const count = (what: string): void => this.count(what)
    this.postgres = new SimulatedPostgres({ draw, scheduler, count })
    this.logs = Array.from({ length: partitions }, (_, partition) => new SimulatedPartition(partition))
    this.toCome = new Stream(draw).sent
    this.isRude = draw.chance(0.15)
    // One of the empty database: whoever restores that begins anew, under processes that remember it full.
    if (draw.chance(0.3)) this.backups.push(this.postgres.tables.copy())
    for (let n = 0; n < processesAtOnce; n += 1) this.begin()
    for (let partition = 0; partition < partitions; partition += 1) this.assign(partition)
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  tell(text: () => string): void {
    this.story?.push(text())
  }

  /** One thing goes on that can; false when nothing can. */
  step(): boolean {
    const one = this.scheduler.drawOne()
    if (one === null) return false
    const isDone = one.happen()
    if (isDone) this.scheduler.remove(one)
    this.tell(
      () => `${one.runner.name}: ${one.what}${ofTransaction(one)}${isDone ? '' : ' (waits for a lock)'}`,
    )
    return true
  }

  begin(): SimulatedProcess {
    const { draw, scheduler, postgres, logs } = this
    const logParts: LogParts = {
      draw,
      scheduler,
      isAway: () => this.isLogAway,
      round: () => this.round,
    }
    this.#names += 1
    const process = new SimulatedProcess(`process ${this.#names}`, {
      draw,
      scheduler,
      logs,
      logParts,
      round: () => this.round,
      database: (runner) => postgres.connect(runner),
      newToken: () => `token ${(this.#tokens += 1)}`,
      count: (what) => this.count(what),
    })
    this.processes.push(process)
    return process
  }

  /** The group gives a partition to one that it believes to live. */
  assign(partition: number): void {
    const before = this.owners[partition] ?? null
    const able = this.processes.filter(({ isFrozen }) => !isFrozen)
    const next = this.draw.pick(able) ?? null
    if (next === before || next === null) return
    if (before !== null && before.isAlive && !before.isFrozen) before.stopLane(partition)
    this.owners[partition] = next
    next.startLane(partition)
    this.tell(() => `partition ${partition} is given to ${next.name}`)
  }

  /** Whoever is frozen learns only when it wakes up that its partitions are others'. */
  wake(process: SimulatedProcess): void {
    process.isFrozen = false
    for (const partition of process.lanes.keys()) {
      if (this.owners[partition] !== process) process.stopLane(partition)
    }
    this.tell(() => `${process.name} wakes up`)
  }

  /** SIGKILL: nothing it waited for will come; its transactions end when the server finds out. */
  kill(process: SimulatedProcess): void {
    process.isAlive = false
    this.tell(() => `${process.name} is killed`)
    for (const { what, transaction } of this.scheduler.forget(process)) {
      this.count(`killed at ${what}`)
      if (transaction === null || transaction.state === 'ended') continue
      this.scheduler.park({
        runner: outside,
        what: 'end of a dead connection',
        transaction,
        isReady: always,
        happen: () => {
          // The COMMIT may have been sent with the last breath.
          if (what === 'commit' && transaction.state === 'open' && this.draw.chance(0.5)) {
            this.count('commit of a killed process')
            this.postgres.commit(transaction)
          } else this.postgres.end(transaction)
          return true
        },
      })
    }
    // Those without a statement under way are dead as well.
    this.processes.splice(this.processes.indexOf(process), 1)
    for (const [partition, owner] of this.owners.entries())
      if (owner === process) this.owners[partition] = null
  }

  /** Longer than anybody waits for something to come. */
  passTime(): void {
    this.round += 1
    this.scheduler.nowMs += longestWaitMs
  }

  send(): void {
    const sent = this.toCome.pop()
    if (sent === undefined) return
    if (this.draw.chance(0.05)) this.logs[sent.partition]?.append(null)
    this.logs[sent.partition]?.append(sent)
    this.count('message')
    this.tell(
      () => `a message comes to partition ${sent.partition} at ${(this.logs[sent.partition]?.end ?? 0) - 1}`,
    )
  }

  /** By hand, as another program would: with the lock and a token of its own, or rudely without. */
  insertByHand({ isRude }: { readonly isRude: boolean }): void {
    const { draw, postgres } = this
    const movement = (this.#manual += 1)
    const [warehouse, product] = [1 + draw.below(3), 1 + draw.below(2)]
    const event = eventOf({ kind: 'arrival', movement, warehouse, product, quantity: 2, at: 100 })
    const { warehouseId, productId, movementId, quantity, occurredAt, source, messageId } = event
    const id = warehouseId + productId
    const { tables } = postgres
    const isBusy = postgres.locks.isHeld(`w${warehouseId}`)
    const last = tables.lastLine(id)
    // With the lock it would wait; without, it goes on beside those who have it, unless they have written that line.
    if (isBusy && !isRude) return
    const isWritten = [...postgres.open].some(({ lines }) =>
      lines.some((line) => line.warehouseId + line.productId === id),
    )
    if (isWritten) return
    // A polite hand releases what it makes possible, which is work for a program: it leaves cards with held ones alone.
    if (tables.heldOf(id).length > 0 && !isRude) return
    this.count(isRude ? 'rude insert' : 'manual insert')
    this.tell(() => `an arrival of 2 is inserted by hand on ${id}`)
    const line = { warehouseId, productId, line: (last?.line ?? 0) + 1, movementId, leg: 1, change: quantity }
    const leg = { ...line, quantity, occurredAt, source, messageId, partition: -1, offset: movement }
    const row = tables.warehouses.get(warehouseId)
    const token = `by hand ${movement}`
    tables.insertByHand({
      leg,
      line: { ...line, balance: (last?.balance ?? 0) + quantity },
      warehouse: isRude ? (row ?? null) : { token, prevToken: row?.token ?? null },
      event,
      isRude,
    })
  }

  /** Arrivals for every card, so that what a rude hand has left behind is seen again. */
  sendLast(): void {
    for (const warehouse of [1, 2, 3]) {
      for (const product of [1, 2]) {
        const movement = 500 + warehouse * 2 + product - 3
        const event = eventOf({ kind: 'arrival', movement, warehouse, product, quantity: 1, at: 200 })
        this.toCome.unshift(sentEvent(this.draw.below(partitions), event))
      }
    }
  }
}

function ofTransaction({ transaction }: Parked): string {
  return transaction === null ? '' : ` in transaction ${transaction.number}`
}
