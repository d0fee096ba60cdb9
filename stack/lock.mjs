/**
 * A lock between processes: a file that holds the process id of its owner. Plain JavaScript, because the first
 * to need it, `scripts/with-node.mjs`, runs on whatever Node the machine has.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How often a waiting process looks again; short beside the seconds that the owner works. */
const lookAgainMs = 200

/**
 * Takes the lock if it is free, or if its owner is gone, and never waits.
 *
 * @param {string} file
 * @returns {{ taken: true, release: () => void } | { taken: false, owner: number }}
 */
export function tryLock(file) {
  mkdirSync(dirname(file), { recursive: true })
  const own = `${file}.${process.pid}`
  try {
    for (;;) {
      // A link appears with its content or not at all; a file that is opened first and written then does not.
      writeFileSync(own, String(process.pid))
      if (unlessItExists(() => linkSync(own, file))) {
        return { taken: true, release: () => rmSync(file, { force: true }) }
      }
      const owner = ownerOf(file)
      if (owner === undefined) continue
      if (isAlive(owner, file)) return { taken: false, owner }
      takeAway(file, { own, deadOwner: owner })
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/**
 * Does `work` while no other process holds the lock; waits for it, and says so once.
 *
 * @template T
 * @param {{ file: string, limitMs: number, onWait: (owner: number) => void }} lock
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 * @throws {Error} when the lock is not free within the limit
 */
export async function withLock({ file, limitMs, onWait }, work) {
  const giveUpAt = Date.now() + limitMs
  let lock = tryLock(file)
  if (!lock.taken) onWait(lock.owner)
  while (!lock.taken) {
    if (Date.now() > giveUpAt) {
      throw new Error(
        `Process ${lock.owner} holds ${file}. If it is no process of this folder, delete the file.`,
      )
    }
    await sleep(lookAgainMs)
    lock = tryLock(file)
  }
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Another process may see the same dead owner: whoever moves the file away checks that it moved that one. */
function takeAway(file, { own, deadOwner }) {
  const aside = `${own}.old`
  if (!unlessMissing(() => renameSync(file, aside))) return
  if (ownerOf(aside) !== deadOwner) unlessItExists(() => linkSync(aside, file))
  rmSync(aside, { force: true })
}

function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A lock from before the machine started belongs to nobody, whoever has that process id now. */
function isAlive(owner, file) {
  try {
    if (statSync(file).mtimeMs < Date.now() - uptime() * 1000) return false
    process.kill(owner, 0)
    return true
  } catch (error) {
    if (error.code === 'EPERM') return true
    if (error.code === 'ESRCH' || error.code === 'ENOENT') return false
    throw error
  }
}

function unlessItExists(act) {
  return unless('EEXIST', act)
}

function unlessMissing(act) {
  return unless('ENOENT', act)
}

function unless(code, act) {
  try {
    act()
    return true
  } catch (error) {
    if (error.code === code) return false
    throw error
  }
}
