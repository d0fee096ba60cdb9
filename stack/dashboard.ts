/** Builds the dashboard into dist/web when what it is made of has changed since it was built. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import type { Progress } from './progress.ts'
import { runHangingTool } from './run-tool.ts'
import { root, stateFolder } from './state.ts'

/**
 * A build takes some seconds, and many times that on a busy machine. On two cores the bundler is known to stop in the midst
 * of its work now and then (github.com/rolldown/rolldown/issues/10664).
 */
const buildLimitMs = 90_000
/** Nobody waits longer than this for somebody else's build. */
const waitLimitMs = 5 * 60_000

/** What a build is made of. The lockfile stands for all packages. */
const sources = ['web/**/*', 'src/client/**/*', 'package-lock.json', 'tsconfig.json']
const builder = join(root, 'node_modules/vite/bin/vite.js')
/** What it was made of when it was built. */
const stamp = join(root, 'dist/web/built-from')

/** @throws {StackError} with what the builder said, when it fails */
export async function buildDashboard(progress: Progress, signal: AbortSignal): Promise<void> {
  const wanted = hashOfSources()
  if (isBuiltFrom(wanted)) return
  const lock = {
    file: join(stateFolder, 'dashboard.lock'),
    limitMs: waitLimitMs,
    onWait: (owner: number) => progress.say(`process ${owner} builds the dashboard: waiting for it`),
  }
  await withLock(lock, async () => {
    if (isBuiltFrom(wanted)) return
    const argumentList = [builder, 'build', join(root, 'web'), '--logLevel', 'warn']
    await progress.step('Dashboard: build', () =>
      runHangingTool(
        { command: process.execPath, argumentList, cwd: root, limitMs: buildLimitMs, signal },
        () => progress.say('the build does not end: once more'),
      ),
    )
    writeFileSync(stamp, wanted)
  })
}

function isBuiltFrom(wanted: string): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  const files = globSync(sources, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).toSorted())
    hash.update(path).update(readFileSync(path))
  return hash.digest('hex')
}
