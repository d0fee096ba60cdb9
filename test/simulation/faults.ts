/** What befalls a world: each with its share of the steps. A fault that cannot happen now does not. */
import type { World } from './world.ts'

interface Befalls {
  readonly name: string
  /** Share of all steps. */
  readonly share: number
  /** Whether it happened. */
  readonly happen: (world: World) => boolean
}

const mostFrozen = 1
const mostProcesses = 3
const mostBackups = 2

const befalls: readonly Befalls[] = [
  {
    name: 'process killed',
    share: 0.006,
    happen: (world) => {
      const process = world.draw.pick(world.processes)
      if (process === undefined) return false
      world.kill(process)
      if (world.draw.chance(0.7) || world.processes.length === 0) world.begin()
      giveAway(world)
      return true
    },
  },
  {
    name: 'process begun',
    share: 0.003,
    happen: (world) => {
      if (world.processes.length >= mostProcesses) return false
      world.begin()
      return true
    },
  },
  {
    name: 'partition given to another',
    share: 0.006,
    happen: (world) => {
      world.assign(world.draw.below(world.logs.length))
      return true
    },
  },
  {
    name: 'process frozen',
    share: 0.005,
    happen: (world) => {
      const able = world.processes.filter(({ isFrozen }) => !isFrozen)
      const process = world.draw.pick(able)
      if (process === undefined || able.length < 2) return false
      if (world.processes.length - able.length >= mostFrozen) return false
      process.isFrozen = true
      return true
    },
  },
  {
    name: 'partitions of a frozen process given away',
    share: 0.02,
    happen: (world) => {
      const frozen = world.owners.findIndex((owner) => owner?.isFrozen === true)
      if (frozen === -1) return false
      world.assign(frozen)
      return true
    },
  },
  {
    name: 'frozen process woken',
    share: 0.012,
    happen: (world) => {
      const process = world.processes.find(({ isFrozen }) => isFrozen)
      if (process === undefined) return false
      world.wake(process)
      return true
    },
  },
  {
    name: 'connection ended by the server',
    share: 0.004,
    happen: ({ postgres, draw }) => {
      const transaction = draw.pick([...postgres.open])
      if (transaction === undefined) return false
      postgres.end(transaction)
      return true
    },
  },
  {
    name: 'lane replaced',
    share: 0.003,
    happen: (world) => {
      const process = world.draw.pick(world.processes.filter(({ isFrozen }) => !isFrozen))
      const partition = world.draw.pick([...(process?.lanes.keys() ?? [])])
      if (process === undefined || partition === undefined) return false
      process.replaceLane(partition)
      return true
    },
  },
  {
    name: 'database away',
    share: 0.003,
    happen: ({ postgres }) => {
      if (postgres.isAway) return false
      postgres.isAway = true
      postgres.endAll()
      return true
    },
  },
  {
    name: 'database back',
    share: 0.04,
    happen: ({ postgres }) => {
      if (!postgres.isAway) return false
      postgres.isAway = false
      return true
    },
  },
  {
    name: 'log away',
    share: 0.003,
    happen: (world) => {
      if (world.isLogAway) return false
      world.isLogAway = true
      return true
    },
  },
  {
    name: 'log back',
    share: 0.04,
    happen: (world) => {
      if (!world.isLogAway) return false
      world.isLogAway = false
      return true
    },
  },
  {
    name: 'backup made',
    share: 0.006,
    happen: ({ postgres, backups }) => {
      backups.push(postgres.tables.copy())
      if (backups.length > mostBackups) backups.shift()
      return true
    },
  },
  {
    name: 'backup restored',
    share: 0.0025,
    happen: ({ postgres, backups, draw }) => {
      const backup = draw.pick(backups)
      if (backup === undefined) return false
      postgres.restore(backup)
      return true
    },
  },
  {
    name: 'leader changed',
    share: 0.005,
    happen: ({ logs, draw }) => {
      const log = draw.pick(logs)
      if (log !== undefined) log.leaderEpoch += 1
      return true
    },
  },
  {
    name: 'old records deleted',
    share: 0.003,
    happen: ({ logs, draw, postgres, backups }) => {
      const log = draw.pick(logs)
      if (log === undefined) return false
      const positions = [postgres.tables, ...backups].map(
        ({ positions: rows }) => rows[log.partition]?.nextOffset ?? 0,
      )
      log.earliest = Math.max(log.earliest, Math.min(...positions))
      return true
    },
  },
  {
    name: 'unread records deleted',
    share: 0.00015,
    happen: ({ logs, draw, postgres, backups }) => {
      const log = draw.pick(logs)
      const position = postgres.tables.positions[log?.partition ?? 0]?.nextOffset
      if (log === undefined || position === undefined || position + 1 >= log.end) return false
      log.earliest = Math.max(log.earliest, position + 1)
      log.isCut = true
      // A backup without a position is as good as a new database: it would begin where the log does now.
      const kept = backups.filter(({ positions }) => positions[log.partition] !== null)
      backups.splice(0, backups.length, ...kept)
      return true
    },
  },
  {
    name: 'long wait over',
    share: 0.01,
    happen: (world) => {
      world.passTime()
      return true
    },
  },
  {
    name: 'manual insert tried',
    share: 0.004,
    happen: (world) => (world.insertByHand({ isRude: false }), true),
  },
  {
    name: 'rude insert tried',
    share: 0.004,
    happen: (world) => {
      if (world.isRude) world.insertByHand({ isRude: true })
      return world.isRude
    },
  },
]

export const faultNames = befalls.map(({ name }) => name)
const allShares = befalls.reduce((sum, { share }) => sum + share, 0)
/** Messages come in bursts. */
const sendShare = 0.16

/** One step of a world that is not calm. */
export function chaos(world: World): void {
  const { draw } = world
  let drawn = draw.next()
  if (drawn < sendShare) {
    const many = 1 + draw.below(4)
    for (let n = 0; n < many; n += 1) world.send()
    return
  }
  drawn -= sendShare
  if (drawn < allShares) {
    for (const { name, share, happen } of befalls) {
      drawn -= share
      if (drawn >= 0) continue
      if (!happen(world)) break
      world.count(name)
      world.tell(() => `— ${name} —`)
      return
    }
  }
  world.step()
}

/** Partitions without an owner go to those who live. */
export function giveAway(world: World): void {
  for (const [partition, owner] of world.owners.entries()) if (owner === null) world.assign(partition)
}
